import { describe, expect, it } from 'vitest';
import { compileFilters } from '../../../local/mappings/filter';

const filter = (...patterns: unknown[]) => compileFilters(patterns.map((pattern) => JSON.stringify(pattern)));

describe('the filters of an event source mapping', () => {
  it('let everything pass when there are none', () => {
    expect(filter()({ any: 'thing' })).toBe(true);
  });

  it('need every member of one pattern, and one pattern of several', () => {
    const passes = filter({ eventName: ['INSERT'], keys: { sk: ['EVT'] } }, { eventName: ['REMOVE'] });
    expect(passes({ eventName: 'INSERT', keys: { sk: 'EVT' } })).toBe(true);
    expect(passes({ eventName: 'INSERT', keys: { sk: 'DLV' } })).toBe(false);
    expect(passes({ eventName: 'REMOVE' })).toBe(true);
    expect(passes({ eventName: 'MODIFY' })).toBe(false);
  });

  it.each([
    ['exact', ['a', 'b'], 'b', 'c'],
    ['prefix', [{ prefix: 'DLV#' }], 'DLV#0001', 'EVT'],
    ['suffix', [{ suffix: '.png' }], 'a.png', 'a.jpg'],
    ['another case', [{ 'equals-ignore-case': 'POST' }], 'post', 'put'],
    ['anything but a value', [{ 'anything-but': ['x', 'y'] }], 'z', 'y'],
    ['anything but a prefix', [{ 'anything-but': { prefix: 'x' } }], 'y1', 'x1'],
    ['exists', [{ exists: true }], 'here', undefined],
    ['does not exist', [{ exists: false }], undefined, 'here'],
    ['null', [null], null, 'null'],
    ['a number', [5], 5, '5'],
  ])('match by %s', (_name, rules, matching, other) => {
    const passes = filter({ value: rules });
    expect(passes({ value: matching })).toBe(true);
    expect(passes({ value: other })).toBe(false);
  });

  it('do not take a missing member for anything but a value', () => {
    expect(filter({ value: [{ 'anything-but': ['x'] }] })({})).toBe(false);
  });

  it('match a list when one of its values does', () => {
    expect(filter({ tags: ['b'] })({ tags: ['a', 'b'] })).toBe(true);
  });

  it('refuse rules that are not emulated when the stack starts', () => {
    expect(() => filter({ n: [{ numeric: ['>', 5] }] })).toThrow('does not emulate numeric in the filter');
    expect(() => filter({ $or: [{ a: ['b'] }] })).toThrow('$or');
  });
});
