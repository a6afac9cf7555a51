import { InvalidArgumentError } from 'commander';
import { SCOPES, type Scope } from '../../lambdas/store/access/api-keys';

/** What every command takes: where the table is, and how to answer. */
export interface TargetOptions {
  readonly table?: string;
  readonly local: boolean;
  readonly endpoint?: string;
  readonly json: boolean;
}

export interface CreateOptions extends TargetOptions {
  readonly org: string;
  readonly environment?: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expires?: Date;
}

export interface ListOptions extends TargetOptions {
  readonly org: string;
}

export interface RevokeOptions extends TargetOptions {
  readonly org: string;
  readonly id: string;
}

const MAX_NAME = 255;

/** The name of an organization, an environment or a key: what is typed is what is looked up, so it is kept printable. */
export function parseName(text: string): string {
  const name = text.trim();
  if (name.length > 0 && name.length <= MAX_NAME && !/\p{C}/u.test(name)) return name;
  throw new InvalidArgumentError(`It takes 1 to ${MAX_NAME} printable characters.`);
}

/** `read,write` in any order. */
export function parseScopes(text: string): readonly Scope[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !isScope(word));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`There is no scope "${unknown}": there are ${SCOPES.join(', ')}.`);
  }
  return SCOPES.filter((scope) => words.includes(scope));
}

const isScope = (word: string): boolean => (SCOPES as readonly string[]).includes(word);

/** An ISO 8601 date or time; one without a zone is in UTC. */
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * When a key expires.
 *
 * @param now milliseconds since the epoch; a key must not be expired from the start
 */
export function parseExpiry(text: string, now: number): Date {
  const [, time, , , zone] = ISO_8601.exec(text) ?? [];
  const date = new Date(time !== undefined && zone === undefined ? `${text}Z` : text);
  if (!ISO_8601.test(text) || !isSameDay(date, text)) {
    throw new InvalidArgumentError('It takes an ISO 8601 date such as 2030-12-31 or 2030-12-31T18:00:00Z.');
  }
  if (date.getTime() <= now) throw new InvalidArgumentError('It is in the past.');
  return date;
}

/** Whether a date exists: JavaScript reads 30 February as 2 March. */
function isSameDay(date: Date, text: string): boolean {
  const day = new Date(text.slice(0, 10));
  return (
    !Number.isNaN(date.getTime()) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10))
  );
}

export function parseEndpoint(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/$/, '');
  throw new InvalidArgumentError('It takes an address such as http://127.0.0.1:8000.');
}
