import { isIP } from 'node:net';
import { type AddressRules, isAllowedAddress } from './address';

/** Characters that URL parsers disagree on: what is checked might not be what is connected to. */
const AMBIGUOUS = /[\s\\\p{Cc}]/u;

/** `http` or `https`, two slashes and the start of a host: lenient parsers may read another host into anything less. */
const WHOLE = /^https?:\/\/[^/?#]/i;

const CREDENTIALS = /^[^/]*\/\/[^/?#]*@/;

/**
 * Names that are never public hosts: mDNS (RFC 6762), home networks (RFC 8375), and `internal`, which ICANN reserves
 * for private use and which metadata services use.
 */
const PRIVATE_NAME = /(^|\.)(local|internal|home\.arpa)$/i;

/** Names of the machine itself (RFC 6761 §6.3). */
const LOOPBACK_NAME = /(^|\.)localhost$/i;

/** Which URLs the stack allows for destinations. */
export interface UrlRules extends AddressRules {
  readonly allowPlainHttp: boolean;
}

/** Why a URL is not allowed for a destination, or undefined if it is. */
export function urlProblem(text: string, rules: UrlRules): string | undefined {
  const problem = targetProblem(text, rules);
  if (problem) return problem;
  const { protocol, hash } = new URL(text);
  if (protocol === 'http:' && !rules.allowPlainHttp) return 'must be https: this stack does not allow plain http';
  if (hash) return 'must not contain a fragment';
  return undefined;
}

/**
 * Why deliveries may not go to a URL, or undefined if its text is acceptable. Checked when a destination is saved and
 * again before each request. The addresses behind a name are checked when they are connected to.
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
