import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseEndpoint, parseExpiry, parseName, parseScopes } from '../../bin/keys/options';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('the scopes of a key', () => {
  it('are read in any order, with or without spaces, each once', () => {
    expect(parseScopes('write, read,write')).toEqual(['read', 'write']);
  });

  it.each(['', 'read,', 'admin', 'READ', 'read write'])('are refused when one of "%s" does not exist', (text) => {
    expect(() => parseScopes(text)).toThrow(InvalidArgumentError);
    expect(() => parseScopes(text)).toThrow('there are read, write, delete');
  });
});

describe('the expiry of a key', () => {
  it.each([
    ['2026-03-02', '2026-03-02T00:00:00.000Z'],
    ['2026-03-01T12:30', '2026-03-01T12:30:00.000Z'],
    ['2026-03-01T23:30:00+02:00', '2026-03-01T21:30:00.000Z'],
    ['2028-02-29T00:00:00.5Z', '2028-02-29T00:00:00.500Z'],
  ])('%s is read as UTC unless it says otherwise', (text, expected) => {
    expect(parseExpiry(text, NOW).toISOString()).toBe(expected);
  });

  it.each(['tomorrow', '2026-02-30', '2026-13-01', '31.12.2026', '2026-03-02T25:00Z', '1798675200'])(
    'is refused when it is no date: %s',
    (text) => {
      expect(() => parseExpiry(text, NOW)).toThrow('It takes an ISO 8601 date');
    },
  );

  it('is refused in the past', () => {
    expect(() => parseExpiry('2026-03-01T12:00:00Z', NOW)).toThrow('in the past');
  });
});

describe('names', () => {
  it('lose the spaces around them', () => {
    expect(parseName(' acme ')).toBe('acme');
  });

  it.each(['', '   ', 'a\nb', 'a\u0000', 'x'.repeat(256)])('are refused when nobody could type them again', (text) => {
    expect(() => parseName(text)).toThrow(InvalidArgumentError);
  });
});

describe('an endpoint', () => {
  it('is an http address', () => {
    expect(parseEndpoint('http://127.0.0.1:8000/')).toBe('http://127.0.0.1:8000');
    expect(() => parseEndpoint('127.0.0.1:8000')).toThrow(InvalidArgumentError);
    expect(() => parseEndpoint('ftp://x')).toThrow(InvalidArgumentError);
  });
});
