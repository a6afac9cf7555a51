import { describe, expect, it } from 'vitest';
import { choosePayloads } from '../../../demo/payloads';
import { progressLine } from '../../../demo/progress';
import { ROLES, wants } from '../../../demo/roles';
import { MAX_BODY_BYTES } from '../../../lambdas/http/endpoint';

const payloads = choosePayloads();

describe('the payloads of the demo', () => {
  it('are fifty, published in every way, and any ten fit a request', () => {
    expect(payloads).toHaveLength(50);
    expect(new Set(payloads.map(({ way }) => way)).size).toBe(3);
    const largest = payloads.map(({ bytes }) => bytes.byteLength).sort((one, other) => other - one);
    expect(largest.slice(0, 10).reduce((sum, size) => sum + size)).toBeLessThan(MAX_BODY_BYTES);
  });

  it('are not all of one spelling: some are no JSON, some not compact, one not plain ASCII', () => {
    const texts = payloads.map(({ bytes }) => bytes.toString('utf8'));
    expect(texts.filter((text) => text.startsWith('payload=')).length).toBeGreaterThan(0);
    expect(texts.filter((text) => text.startsWith('{\n')).length).toBeGreaterThan(0);
    expect(texts.filter((text) => /[^\p{ASCII}]/u.test(text)).length).toBeGreaterThan(0);
  });

  it('give every destination something to do, in every way of publishing', () => {
    for (const role of ROLES)
      expect(payloads.filter(({ event }) => wants(role, event)).length, role.name).toBeGreaterThan(1);
  });

  it('are the same every time', () => {
    const spelling = (list: typeof payloads) => list.map(({ bytes, ...rest }) => ({ ...rest, text: `${bytes}` }));
    expect(spelling(choosePayloads())).toEqual(spelling(payloads));
  });
});

describe('the progress of the demo', () => {
  it('fits a narrow terminal, where a longer line could not be overwritten', () => {
    const line = progressLine({ expected: 99, delivered: 99, retrying: 99, failed: 99, dead: 99 });
    expect(`  ${line}`.length).toBeLessThanOrEqual(80);
  });
});
