import { readdirSync, readFileSync } from 'node:fs';
import { fillPlaceholders } from '../../../local/samples/placeholders';
import { prepareSamples } from '../../../local/samples/prepare';
import type { LocalStack } from '../../../local/stack';

const FOLDER = new URL('../../../events/', import.meta.url);

/** Names of all sample events, each beginning with its function's. */
export const sampleEvents = (): string[] => readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

/** Gives a sample event to its function, with everything in place that it refers to; answers with the result. */
export async function playSampleEvent(stack: LocalStack, file: string): Promise<unknown> {
  const samples = await prepareSamples(stack);
  try {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    return await stack.invoke(file.replace(/[-.].*/, ''), JSON.parse(fillPlaceholders(text, samples.values)));
  } finally {
    await samples.stop();
  }
}
