import type { AddressRules } from '../../domain/address';
import { targetProblem } from '../../domain/target-url';

/** What the stack lets destinations be. */
export interface UrlRules extends AddressRules {
  readonly allowPlainHttp: boolean;
}

/** Says what is wrong with mirrors taken together, or undefined: a target that is named twice would be sent to twice. */
export function mirrorProblem(url: string, mirrors: readonly string[]): string | undefined {
  const all = [url, ...mirrors].filter((one) => URL.canParse(one)).map((one) => new URL(one).href);
  return new Set(all).size < all.length ? 'must not repeat each other or the url' : undefined;
}

/** Says why a URL cannot be a destination's, or undefined when it can. */
export function urlProblem(text: string, rules: UrlRules): string | undefined {
  const problem = targetProblem(text, rules);
  if (problem) return problem;
  const { protocol, hash } = new URL(text);
  if (protocol === 'http:' && !rules.allowPlainHttp) return 'must be https: this stack does not allow plain http';
  if (hash) return 'must not contain a fragment';
  return undefined;
}
