import { Command, InvalidArgumentError } from 'commander';
import { type Measurement, measure } from './measure';

// The SDK otherwise prints its notice about Node 20 in the middle of the figures.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** What the healthy destinations have to keep of their throughput. */
const REQUIRED = 0.8;

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a positive whole number.');
  return value;
}

const { deliveries, timeout } = new Command('npm run bench:isolation --')
  .description(
    'Measures on the local stack how fast four healthy destinations get their deliveries, alone and beside a fifth one ' +
      'that gets as many and hangs each time until its timeout.',
  )
  .option('--deliveries <n>', 'deliveries to the healthy destinations', positive, 600)
  .option('--timeout <ms>', 'timeout of the hanging destination', positive, 2000)
  .parse()
  .opts<{ deliveries: number; timeout: number }>();

const { alone, beside } = await measure({ deliveries, timeoutMs: timeout });
const ratio = beside.throughput / alone.throughput;

const line = (name: string, { throughput, hung }: Measurement) =>
  console.log(`${name.padEnd(38)} ${throughput.toFixed(1).padStart(8)} deliveries/s   ${hung} requests hung`);
console.log(`${deliveries} deliveries to 4 healthy destinations; the hanging one times out after ${timeout} ms`);
line('healthy destinations alone', alone);
line('beside a hanging one with as many', beside);
console.log(`kept: ${(ratio * 100).toFixed(1)} % of the throughput (required: ${REQUIRED * 100} %)`);
process.exitCode = ratio < REQUIRED ? 1 : 0;
