import { isIP } from 'node:net';
import { type AddressRules, isAllowedAddress } from './address';

/** What parsers of URLs read differently, so that what is judged might not be what is connected to. */
const AMBIGUOUS = /[\s\\\p{Cc}]/u;

/** `http` or `https`, two slashes and the beginning of a host: parsers that mend a URL would find another host in less. */
const WHOLE = /^https?:\/\/[^/?#]/i;

const CREDENTIALS = /^[^/]*\/\/[^/?#]*@/;

/**
 * Names that never mean a public host: mDNS (RFC 6762), home networks (RFC 8375), and `internal`, which ICANN has
 * reserved for private use and which metadata services go by.
 */
const PRIVATE_NAME = /(^|\.)(local|internal|home\.arpa)$/i;

/** Names of the machine itself (RFC 6761 §6.3). */
const LOOPBACK_NAME = /(^|\.)localhost$/i;

/** What the stack lets destinations be. */
export interface UrlRules extends AddressRules {
  readonly allowPlainHttp: boolean;
}

/** The rules of a stack that allows nothing besides. */
export const STRICT_RULES: UrlRules = { allowPlainHttp: false, allowLoopback: false };

/** Says why a URL cannot be a destination's, or undefined when it can. */
export function urlProblem(text: string, rules: UrlRules): string | undefined {
  const problem = targetProblem(text, rules);
  if (problem) return problem;
  const { protocol, hash } = new URL(text);
  if (protocol === 'http:' && !rules.allowPlainHttp) return 'must be https: this stack does not allow plain http';
  if (hash) return 'must not contain a fragment';
  return undefined;
}

/** Says what is wrong with mirrors taken together, or undefined: a target that is named twice would be sent to twice. */
export function mirrorProblem(url: string, mirrors: readonly string[]): string | undefined {
  const all = [url, ...mirrors].filter((one) => URL.canParse(one)).map((one) => new URL(one).href);
  return new Set(all).size < all.length ? 'must not repeat each other or the url' : undefined;
}

/**
 * Says why deliveries may not go to a URL, or undefined when they may as far as its text tells. It is asked when a
 * destination is saved and again before each request. The addresses that a name stands for are judged when they are
 * connected to.
 */
export function targetProblem(text: string, rules: AddressRules): string | undefined {
  if (AMBIGUOUS.test(text)) return 'must not contain white space, control characters or backslashes';
  if (!URL.canParse(text)) return 'must be an absolute URL';
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must be an https URL';
  if (!WHOLE.test(text)) return 'must be an absolute URL';
  if (CREDENTIALS.test(text)) return 'must not contain credentials; use auth_type';
  return hostProblem(hostname.replace(/\.+$/, '').replace(/^\[|\]$/g, ''), rules);
}

function hostProblem(host: string, rules: AddressRules): string | undefined {
  if (isIP(host) !== 0)
    return isAllowedAddress(host, rules) ? undefined : 'must not name an address that is not public';
  if (LOOPBACK_NAME.test(host) && !rules.allowLoopback) return 'must not name this machine';
  if (PRIVATE_NAME.test(host) || host === '') return 'must not name a host that is not public';
  return undefined;
}
