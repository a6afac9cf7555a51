import type { FormatDefinition } from 'ajv';
import { fastFormats, fullFormats } from 'ajv-formats/dist/formats.js';

/** Longer than any valid value of a checked format. It also bounds the cost of the library's expressions. */
const MAX_LENGTH = 4096;

/**
 * The formats that are checked; others are ignored, as JSON Schema allows. For addresses the fast variants are used,
 * because the full ones might backtrack.
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
