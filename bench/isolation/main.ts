import { Command, InvalidArgumentError } from 'commander';
import { type Measurement, measure } from './measure';

// The SDK otherwise prints its notice about Node 20 in the middle of the figures.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** How much of their throughput the healthy destinations have to keep. */
const REQUIRED = 0.8;

/** The destinations beside the healthy ones. */
const PARTS = {
  'beside a hanging one': ['/hanging'],
  'beside two whose names do not resolve': ['http://one.stalled.test/', 'http://two.stalled.test/'],
};

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a positive whole number.');
  return value;
}

const { deliveries, timeout } = new Command('npm run bench:isolation --')
  .description(
    'Measures on the local stack how fast four healthy destinations get their deliveries: alone, beside one that gets as ' +
      'many and hangs each time until its timeout, and beside two whose DNS servers never answer.',
  )
  .option('--deliveries <n>', 'deliveries to the healthy destinations', positive, 600)
  .option('--timeout <ms>', 'timeout of the other destinations', positive, 2000)
  .parse()
  .opts<{ deliveries: number; timeout: number }>();

const run = (beside: readonly string[]) => measure({ deliveries, timeoutMs: timeout, beside });
const line = (name: string, { throughput, failed }: Measurement, kept = '') =>
  console.log(
    `${name.padEnd(38)} ${throughput.toFixed(1).padStart(8)} deliveries/s   ${failed} attempts failed${kept}`,
  );

console.log(`${deliveries} deliveries to 4 healthy destinations; the others time out after ${timeout} ms`);
const alone = await run([]);
line('healthy destinations alone', alone);
for (const [name, beside] of Object.entries(PARTS)) {
  const measured = await run(beside);
  const ratio = measured.throughput / alone.throughput;
  line(name, measured, `   kept: ${(ratio * 100).toFixed(1)} % (required: ${REQUIRED * 100} %)`);
  if (ratio < REQUIRED) process.exitCode = 1;
}
