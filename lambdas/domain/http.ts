import { STATUS_CODES } from 'node:http';
import { version } from '../../package.json';

/** Header names in lower case with one value each; several values of one name are joined with a comma. */
export type Headers = Readonly<Record<string, string>>;

/** The registered name of a status, as error text: `Internal Server Error` for 500 (RFC 9110 §15). */
export function reasonPhrase(statusCode: number): string {
  return STATUS_CODES[statusCode] ?? `HTTP ${statusCode}`;
}

/** The `User-Agent` that destinations see, with Posthorn's version. */
export const USER_AGENT = `Posthorn/${version}`;
