import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorResponse } from '../../../lambdas/http/error-bodies';
import { ApiError, notFound } from '../../../lambdas/http/errors';
import { parseJson, validate } from '../../../lambdas/http/parse';
import { surfaceOf } from '../../../lambdas/http/paths';
import { refusalMessage as message } from '../support/refusal-message';

describe('a body', () => {
  it('is read as text and value', () => {
    expect(parseJson(Buffer.from('{"a": 1}'))).toEqual({ text: '{"a": 1}', value: { a: 1 } });
  });

  it.each(['', '{', "{'a':1}", 'NaN', '[1,]', '\ufeff{}'])('that is no JSON is refused: %j', (text) => {
    expect(message(() => parseJson(Buffer.from(text)))).toBe('400 body: must be valid JSON');
  });

  it('that is not UTF-8 is refused', () => {
    expect(message(() => parseJson(Buffer.from([0x22, 0xc3, 0x28, 0x22])))).toMatch(/^400 body: .*UTF-8/);
  });
});

describe('a value that does not fit its schema', () => {
  const schema = z.object({ events: z.array(z.object({ type: z.string() })), limit: z.number().optional() });

  it.each([
    [{ events: [{ type: 'a' }, { type: 1 }] }, /^400 events\[1\]\.type: /],
    [{ events: [], limit: 'x' }, /^400 limit: /],
    [[], /^400 /],
    [null, /^400 /],
  ])('%j is refused by the name of its field', (value, expected) => {
    expect(message(() => validate(schema, value))).toMatch(expected);
  });
});

describe('an error', () => {
  const error = notFound('Delivery', 'dlv_1');

  it.each([
    ['/api/deliveries/dlv_1', { error: 'Not Found', message: error.message, code: 'RESOURCE_NOT_FOUND' }],
    ['/v1/delivery/items/1', { error: 'not_found', message: error.message }],
    ['/v1/events/1', { error: error.message, code: 'RESOURCE_NOT_FOUND' }],
    ['/v1/delivery-attempts/1', { error: error.message, code: 'RESOURCE_NOT_FOUND' }],
  ])('speaks the words of the surface that was called: %s', (path, body) => {
    const surface = surfaceOf({ routeKey: '$default', method: 'GET', path });
    expect(errorResponse(error, surface)).toEqual({ status: 404, body, headers: {} });
  });

  it('uses only the eight codes that the surfaces know', () => {
    const known =
      /^(VALIDATION_ERROR|UNAUTHORIZED|FORBIDDEN|RESOURCE_NOT_FOUND|INVALID_STATE|PAYLOAD_TOO_LARGE|RATE_LIMITED|INTERNAL_ERROR)$/;
    for (const code of ['CONFLICT', 'METHOD_NOT_ALLOWED', 'RATE_LIMITED', 'INTERNAL_ERROR'] as const) {
      expect(errorResponse(new ApiError(code, 'x'), 'management').body).toMatchObject({
        code: expect.stringMatching(known),
      });
    }
  });
});
