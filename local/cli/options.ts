import { Command, InvalidArgumentError } from 'commander';
import type { PartitionLimits } from '../dynamodb/partitions';

/** The options of `npm start`. */
export interface StartOptions {
  readonly dbPath?: string;
  readonly port: number;
  readonly readyFile?: string;
  readonly context: Record<string, string>;
  readonly streamShards?: number;
  readonly partitionLimits?: PartitionLimits;
  readonly logs: boolean;
}

/** Reads the command line. Commander itself answers `--help` and wrong options, and ends the process. */
export function parseOptions(argv: readonly string[]): StartOptions {
  return new Command('npm start --')
    .description('Runs the synthesized stack on this machine until Ctrl-C.')
    .option('--db-path <directory>', 'keep table, queues, schedules and the key here over a restart')
    .option('--port <number>', 'port of the HTTP API; 0 for a free one', parsePort, 3000)
    .option('--ready-file <file>', 'write address, key, endpoints and outputs here once the stack serves')
    .option('--context <key=value>', 'CDK context value; can be repeated', parseContext, {})
    .option(
      '--stream-shards <number>',
      'shards that each stream is split into: 4, unless the data has its own',
      parseCount,
    )
    .option('--partition-limits <read,write>', 'units that a partition takes a second: 3000,1000 on AWS', parseLimits)
    .option('--logs', 'print what the functions log', false)
    .parse(argv, { from: 'user' })
    .opts<StartOptions>();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It takes a number from 0 to 65535.');
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number from 1 to 999.');
}

/** Reads what a partition takes a second. */
function parseLimits(text: string): PartitionLimits {
  const [, read, write] = /^(\d+),(\d+)$/.exec(text) ?? [];
  if (Number(read) > 0 && Number(write) > 0) return { read: Number(read), write: Number(write) };
  throw new InvalidArgumentError('It takes two whole numbers above 0, such as 3000,1000.');
}

function parseContext(text: string, previous: Record<string, string>): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It takes key=value.');
  return { ...previous, [key]: value };
}
