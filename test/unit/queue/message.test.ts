import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, newToken, UnreadableMessageError } from '../../../lambdas/queue/message';
import { BASE, DESTINATION, ENVIRONMENT } from '../support/records';

const message = {
  base: BASE,
  ordinal: 3,
  attempt: 2,
  environment: ENVIRONMENT,
  destination: DESTINATION,
  token: 'token-1',
};

describe('a delivery message', () => {
  it('comes back as it was sent', () => {
    const ordinal = fc.integer({ min: 1, max: 0xffff });
    const text = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(ordinal, ordinal, text, text, (delivery, attempt, destination, token) => {
        const sent = { ...message, ordinal: delivery, attempt, destination, token };
        expect(decodeMessage(encodeMessage(sent))).toEqual(sent);
      }),
    );
  });

  it('names the delivery by its identifier, so that people can read it in the console', () => {
    expect(JSON.parse(encodeMessage(message))).toMatchObject({ delivery: `dlv_${BASE}00030000`, attempt: 2 });
  });

  it('stays small, because payloads travel by reference', () => {
    expect(encodeMessage({ ...message, token: newToken() }).length).toBeLessThan(300);
  });

  it.each([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['a list', '[]'],
    ['null', 'null'],
    ['a message without token', JSON.stringify({ ...JSON.parse(encodeMessage(message)), token: undefined })],
    ['attempt 0', JSON.stringify({ ...JSON.parse(encodeMessage(message)), attempt: 0 })],
    ['an attempt that is no integer', JSON.stringify({ ...JSON.parse(encodeMessage(message)), attempt: 1.5 })],
    ['an attempt beyond 16 bits', JSON.stringify({ ...JSON.parse(encodeMessage(message)), attempt: 65_536 })],
    ['the id of an event', JSON.stringify({ ...JSON.parse(encodeMessage(message)), delivery: `evt_${BASE}00000000` })],
    ['an empty destination', JSON.stringify({ ...JSON.parse(encodeMessage(message)), destination: '' })],
  ])('is told from %s', (_, body) => {
    expect(() => decodeMessage(body)).toThrow(UnreadableMessageError);
  });

  it('does not quote what it could not read', () => {
    expect(() => decodeMessage('{"secret":"whsec_x"')).toThrow(/^The message body is not a delivery message\.$/);
  });

  it('has a token of its own each time it is sent', () => {
    expect(new Set(Array.from({ length: 500 }, newToken)).size).toBe(500);
  });
});
