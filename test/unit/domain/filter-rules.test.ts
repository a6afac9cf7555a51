import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FILTER_OPERATORS,
  type FilterOperator,
  type FilterSubject,
  matchesAll,
} from '../../../lambdas/domain/filter-rules';
import { nastyMap, nastyName, nastyValue } from '../../corpus/names';

const subject: FilterSubject = {
  type: 'order.created',
  headers: { 'x-github-event': 'push', 'x.y': 'dotted' },
  body: { action: 'opened', amount: 10, tags: ['a', 'b'], user: { name: 'Ada', id: null }, ok: false },
};

const holds = (field: string, operator: FilterOperator, value?: unknown, on = subject): boolean =>
  matchesAll([value === undefined ? { field, operator } : { field, operator, value }], on);

describe('a filter rule', () => {
  it.each([
    ['body.action', 'eq', 'opened', true],
    ['body.action', 'eq', 'closed', false],
    ['body.amount', 'eq', 10, true],
    ['body.amount', 'eq', '10', false],
    ['body.ok', 'eq', false, true],
    ['body.user.id', 'eq', null, true],
    ['body.missing', 'eq', null, false],
    ['body.tags', 'eq', ['a', 'b'], true],
    ['body.tags', 'eq', ['b', 'a'], false],
    ['body.user', 'eq', { id: null, name: 'Ada' }, true],
    ['body.action', 'neq', 'closed', true],
    ['body.missing', 'neq', 'closed', true],
    ['body.action', 'in', ['closed', 'opened'], true],
    ['body.action', 'in', ['closed'], false],
    ['body.action', 'in', [], false],
    ['body.action', 'nin', ['closed'], true],
    ['body.action', 'nin', ['opened'], false],
    ['body.amount', 'gt', 9, true],
    ['body.amount', 'gt', 10, false],
    ['body.amount', 'gte', 10, true],
    ['body.amount', 'lt', 11, true],
    ['body.amount', 'lt', 10, false],
    ['body.amount', 'lte', 10, true],
    ['body.amount', 'gt', '9', false],
    ['body.missing', 'lt', 5, false],
    ['body.action', 'gt', 'opened', false],
    ['body.action', 'gt', 'o', true],
    ['body.action', 'contains', 'pen', true],
    ['body.action', 'contains', 'x', false],
    ['body.tags', 'contains', 'a', true],
    ['body.tags', 'contains', 'c', false],
    ['body.amount', 'contains', '1', false],
    ['body.action', 'starts_with', 'op', true],
    ['body.action', 'starts_with', 'p', false],
    ['body.action', 'ends_with', 'ned', true],
    ['body.action', 'ends_with', 'op', false],
    ['body.amount', 'starts_with', '1', false],
    ['body.action', 'exists', true, true],
    ['body.missing', 'exists', true, false],
    ['body.missing', 'exists', false, true],
    ['body.user.id', 'exists', undefined, true],
  ] as [string, FilterOperator, unknown, boolean][])('%s %s %j: %s', (field, operator, value, expected) => {
    expect(holds(field, operator, value)).toBe(expected);
  });

  it('finds headers whatever their case, and header names with dots', () => {
    expect(holds('headers.X-GitHub-Event', 'eq', 'push')).toBe(true);
    expect(holds('headers.x.y', 'eq', 'dotted')).toBe(true);
    expect(holds('headers.missing', 'exists')).toBe(false);
  });

  it('finds the type of an event', () => {
    expect(holds('type', 'starts_with', 'order.')).toBe(true);
    expect(holds('type.x', 'exists')).toBe(false);
  });

  it('finds elements of lists by their number', () => {
    expect(holds('body.tags.1', 'eq', 'b')).toBe(true);
    expect(holds('body.tags.2', 'exists')).toBe(false);
  });

  it.each(['body.constructor', 'body.__proto__', 'body.tags.length.x', 'headers.constructor', 'headers.__proto__'])(
    'finds nothing that the event itself does not have: %s',
    (field) => {
      expect(holds(field, 'exists')).toBe(false);
    },
  );

  it('finds nothing in a body that is no JSON, or under a path of another root', () => {
    expect(holds('body.action', 'exists', undefined, { ...subject, body: undefined })).toBe(false);
    expect(holds('query.action', 'exists')).toBe(false);
    expect(holds('body', 'eq', 7, { ...subject, body: 7 })).toBe(true);
  });
});

describe('rules together', () => {
  it('must all hold', () => {
    const opened = { field: 'body.action', operator: 'eq', value: 'opened' } as const;
    const large = { field: 'body.amount', operator: 'gt', value: 99 } as const;
    expect(matchesAll([opened], subject)).toBe(true);
    expect(matchesAll([opened, large], subject)).toBe(false);
  });

  it('let everything through when there are none', () => {
    expect(matchesAll([], { body: undefined, headers: {} })).toBe(true);
  });
});

describe('operators and their negations', () => {
  const field = fc.constantFrom('body', 'body.a', 'body.a.b', 'body.0', 'type');
  const event = fc.jsonValue().map((body): FilterSubject => ({ body, headers: {} }));
  const seen = (body: unknown) => JSON.parse(JSON.stringify(body)) as unknown;

  it('neq is what eq is not', () => {
    fc.assert(
      fc.property(field, fc.jsonValue(), event, (field, value, on) => {
        expect(holds(field, 'neq', value, on)).toBe(!holds(field, 'eq', value, on));
      }),
    );
  });

  it('nin is what in is not', () => {
    fc.assert(
      fc.property(field, fc.array(fc.jsonValue()), event, (field, values, on) => {
        expect(holds(field, 'nin', values, on)).toBe(!holds(field, 'in', values, on));
      }),
    );
  });

  it('in holds exactly when eq holds for one of the list', () => {
    fc.assert(
      fc.property(field, fc.array(fc.jsonValue(), { maxLength: 4 }), event, (field, values, on) => {
        expect(holds(field, 'in', values, on)).toBe(values.some((value) => holds(field, 'eq', value, on)));
      }),
    );
  });

  it('exists false is what exists is not', () => {
    fc.assert(
      fc.property(field, event, (field, on) => {
        expect(holds(field, 'exists', false, on)).toBe(!holds(field, 'exists', true, on));
      }),
    );
  });

  it('eq holds for every value against itself, in whatever order its members are written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(holds('body', 'eq', seen(turned), { body: seen(value), headers: {} })).toBe(true);
      }),
    );
  });

  it('of two numbers or two texts exactly one of lt, eq, gt holds', () => {
    const pair = fc.oneof(fc.tuple(fc.integer(), fc.integer()), fc.tuple(fc.string(), fc.string()));
    fc.assert(
      fc.property(pair, ([found, wanted]) => {
        const on = { body: found, headers: {} };
        const which = (['lt', 'eq', 'gt'] as const).filter((operator) => holds('body', operator, wanted, on));
        expect(which).toHaveLength(1);
        expect(holds('body', 'gte', wanted, on)).toBe(!holds('body', 'lt', wanted, on));
        expect(holds('body', 'lte', wanted, on)).toBe(!holds('body', 'gt', wanted, on));
      }),
    );
  });

  it('never throw, whatever they are given', () => {
    const operator = fc.constantFrom(...FILTER_OPERATORS);
    const field = fc.oneof(fc.string(), fc.constantFrom('body', 'body.a', 'type'));
    const texts = fc.oneof(
      event,
      nastyMap(fc.string()).map((headers) => ({ body: ['a'], headers, type: 'a' })),
    );
    fc.assert(
      fc.property(field, operator, nastyValue(), texts, (field, operator, value, on) => {
        expect(typeof holds(field, operator, value, on)).toBe('boolean');
      }),
    );
  });

  it('find what a body has under any name, and nothing that it inherits', () => {
    fc.assert(
      fc.property(nastyName(), nastyMap(fc.integer()), (name, body) => {
        fc.pre(!name.includes('.'));
        const has = Object.keys(body).includes(name);
        expect(holds(`body.${name}`, 'exists', true, { body, headers: {} })).toBe(has);
        if (has)
          expect(
            holds(`body.${name}`, 'eq', Object.entries(body).find(([one]) => one === name)?.[1], { body, headers: {} }),
          ).toBe(true);
      }),
    );
  });

  it.each(['contains', 'starts_with', 'ends_with'] as const)('%s compares text with no object', (operator) => {
    const poison = { toString: 1, valueOf: 1 };
    const text = { body: { a: 'text' }, headers: {} };
    expect(holds('body.a', operator, poison, text)).toBe(false);
    expect(holds('body.a', operator, [poison], text)).toBe(false);
  });
});
