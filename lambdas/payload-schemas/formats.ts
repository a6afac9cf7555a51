import type { FormatDefinition } from 'ajv';
import { fastFormats, fullFormats } from 'ajv-formats/dist/formats.js';

/** No value of a format that is checked is longer. It also bounds what the library's own expressions can cost. */
const MAX_LENGTH = 4096;

/**
 * The formats that are checked; others say nothing, as JSON Schema wants it. The expressions of the fast variants do not
 * backtrack where the full ones might, so those are taken for addresses.
 */
const CHECKED = {
  date: fullFormats.date,
  time: fullFormats.time,
  'date-time': fullFormats['date-time'],
  duration: fullFormats.duration,
  email: fastFormats.email,
  hostname: fullFormats.hostname,
  ipv4: fullFormats.ipv4,
  ipv6: fullFormats.ipv6,
  uri: fastFormats.uri,
  'uri-reference': fastFormats['uri-reference'],
  uuid: fullFormats.uuid,
  'json-pointer': fullFormats['json-pointer'],
  'relative-json-pointer': fullFormats['relative-json-pointer'],
};

/** Formats by name, for Ajv. */
export const FORMATS: Readonly<Record<string, FormatDefinition<string>>> = Object.fromEntries(
  Object.entries(CHECKED).map(([name, format]) => [name, { type: 'string', validate: bounded(format) }]),
);

function bounded(format: unknown): (text: string) => boolean {
  const test = testerOf(format);
  return (text) => text.length <= MAX_LENGTH && test(text);
}

function testerOf(format: unknown): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return (text) => Boolean(format(text));
  if (typeof format === 'object' && format !== null && 'validate' in format) return testerOf(format.validate);
  throw new TypeError('The library defines a format in a way that is not known.');
}
