import { isIP } from 'node:net';
import { isAllowedAddress } from '../domain/address';

/** What the stack lets destinations be. */
export interface UrlRules {
  readonly allowPlainHttp: boolean;
  readonly allowLoopback: boolean;
}

/**
 * Says why a URL cannot be a destination's, or undefined when it can. Names are judged again whenever they are connected
 * to; an address written in the URL is refused here already.
 */
export function urlProblem(text: string, rules: UrlRules): string | undefined {
  if (!URL.canParse(text)) return 'must be an absolute URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL';
  if (url.protocol === 'http:' && !rules.allowPlainHttp) return 'must be https: this stack does not allow plain http';
  if (url.username || url.password) return 'must not contain credentials; use auth_type';
  if (url.hash) return 'must not contain a fragment';
  return hostProblem(url.hostname.replace(/\.$/, ''), rules);
}

function hostProblem(hostname: string, rules: UrlRules): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isAllowedAddress(host, rules)) return 'must not name an address that is not public';
  if (/(^|\.)localhost$/i.test(host) && !rules.allowLoopback) return 'must not name this machine';
  return undefined;
}
