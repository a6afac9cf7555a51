import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../lambdas/http/errors';
import { rawText, readTree } from '../../../lambdas/http/raw-json';

const slice = (text: string, ...path: (string | number)[]) => rawText(text, readTree(text), path);

describe('the text of a value inside a JSON document', () => {
  it.each([
    ['white space', '{"p": \t[ 1 ,\n 2 ] \r\n}', '[ 1 ,\n 2 ]'],
    ['huge numbers', '{"p":12345678901234567890.10e+400}', '12345678901234567890.10e+400'],
    ['spellings of numbers', '{"p":[1.0,1e0,-0,0.10]}', '[1.0,1e0,-0,0.10]'],
    ['escapes', '{"p":"\\u0041\\/\\n\\u00e9"}', '"\\u0041\\/\\n\\u00e9"'],
    ['escapes of lone surrogates', '{"p":"\\ud800 \\udc00"}', '"\\ud800 \\udc00"'],
    ['characters beyond the basic plane', '{"😀":"😀","p":"😀é"}', '"😀é"'],
    ['duplicate members inside', '{"p":{"a":1,"a":2}}', '{"a":1,"a":2}'],
    ['things that look like JSON', '{"a":"}","p":"{\\"p\\":1}"}', '"{\\"p\\":1}"'],
    ['null', '{"p":null}', 'null'],
    ['the last of duplicate members, as JSON.parse does', '{"p":1,"p":2}', '2'],
    ['a member whose name is written in escapes', '{"\\u0070":3}', '3'],
    ['a member that is named like one of every object', '{"__proto__":{"p":1},"p":4}', '4'],
  ])('keeps %s', (_, text, expected) => {
    expect(slice(text, 'p')).toBe(expected);
  });

  it('is found in lists', () => {
    expect(slice('{"events":[{"payload":1},{"payload": [2] }]}', 'events', 1, 'payload')).toBe('[2]');
  });

  it('is nothing where the document has no such value', () => {
    expect(slice('{"a":1}', 'p')).toBeUndefined();
    expect(slice('{"p":[1]}', 'p', 3)).toBeUndefined();
    expect(slice('7', 'p')).toBeUndefined();
  });

  it('means the same value as parsing does, for every document', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.nat({ max: 4 }), (value, other, indent) => {
        const text = JSON.stringify({ other, value, events: [other, value] }, undefined, indent);
        for (const found of [slice(text, 'value'), slice(text, 'events', 1)]) {
          expect(text).toContain(found);
          expect(JSON.parse(found ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
        }
      }),
    );
  });

  it('is refused in a document that is nested too deeply to be read', () => {
    expect(() => readTree(`${'['.repeat(130_000)}${']'.repeat(130_000)}`)).toThrow(ApiError);
  });
});
