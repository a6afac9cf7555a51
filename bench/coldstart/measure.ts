import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { quantile } from '../meters/quantile';

const START = fileURLToPath(new URL('./start.mjs', import.meta.url));

/** How often each bundle is started; the load of the machine makes single figures worth little. */
const STARTS = 21;

/** A bundle and the environment it is loaded in. */
export interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

const started = z.object({ initMs: z.number() });

/**
 * Milliseconds of processor time that each bundle takes to load in a process of its own. They take turns, so that whatever else
 * runs on the machine disturbs all of them alike; of their starts the quarter that was disturbed least counts.
 */
export async function initTimes(bundles: readonly Bundle[]): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>(bundles.map(({ name }) => [name, []]));
  for (let start = 0; start < STARTS; start += 1) {
    for (const bundle of bundles) times.get(bundle.name)?.push(await startOnce(bundle));
  }
  return new Map([...times].map(([name, all]) => [name, quantile(all, 0.25)]));
}

async function startOnce({ file, environment }: Bundle): Promise<number> {
  const env = { PATH: process.env.PATH ?? '', AWS_REGION: 'us-east-1', ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, [START, file], { env });
  return started.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).initMs;
}
