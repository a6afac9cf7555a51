import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Logger } from '@aws-lambda-powertools/logger';

/**
 * The logger of a function: JSON lines, one wide line for each unit of work. Never given a payload, a secret or a key.
 */
export const logger = new Logger({
  jsonReplacerFn: (_key, value) => (value instanceof Error ? describe(value) : value),
});

/**
 * What is logged of an error. The errors of a failed condition carry the item that it failed on, with everything in it,
 * and the logger would print all that an error carries.
 */
function describe({ name, message, stack, cause }: Error) {
  return { name, message, stack: stack && inSources(stack), ...(cause instanceof Error && { cause }) };
}

/** A place in a bundle, as stack traces name it. */
const PLACE = /(file:\/\/[^\s()]+\.mjs):(\d+):(\d+)/g;

const maps = new Map<string, SourceMap | undefined>();

/**
 * A stack trace whose places in bundles are said as places in the sources. Node does that with `--enable-source-maps`, and
 * reads every map when a function starts, which is wasted on all that never fail: here they are read at the first error.
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
