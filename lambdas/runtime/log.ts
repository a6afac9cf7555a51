import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Logger } from '@aws-lambda-powertools/logger';

/**
 * The logger of a function: JSON lines, one wide line for each unit of work. Never log a payload, a secret or a key.
 */
export const logger = new Logger({
  jsonReplacerFn: (_key, value) => (value instanceof Error ? describe(value) : value),
});

/**
 * What is logged of an error. The error of a failed condition has the whole item attached, and the logger would print
 * it.
 */
function describe({ name, message, stack, cause }: Error) {
  return { name, message, stack: stack && inSources(stack), ...(cause instanceof Error && { cause }) };
}

/** A place in a bundle, as stack traces name it. */
const PLACE = /(file:\/\/[^\s()]+\.mjs):(\d+):(\d+)/g;

const maps = new Map<string, SourceMap | undefined>();

/**
 * A stack trace with positions in the sources instead of the bundles. With `--enable-source-maps` Node would read every
 * map at start, which most instances never need: here they are read at the first error.
 */
export function inSources(stack: string): string {
  return stack.replaceAll(PLACE, (place: string, url: string, line: string, column: string) => {
    const entry = mapOf(url)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !('originalSource' in entry)) return place;
    return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

function mapOf(url: string): SourceMap | undefined {
  if (!maps.has(url)) maps.set(url, readMap(`${fileURLToPath(url)}.map`));
  return maps.get(url);
}

const readMap = (path: string): SourceMap | undefined =>
  existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
