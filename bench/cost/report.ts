import type { Units } from '../meters/capacity';
import type { FunctionReading, Reading } from '../meters/meter';
import type { Bill } from './bill';
import { totalOf } from './bill';

/** What a scenario came to, for one delivery; the bill is for a million. */
export interface Result {
  readonly name: string;
  readonly deliveries: number;
  readonly reading: Reading;
  readonly units: Units;
  readonly bill: Bill;
}

const SERVICES = ['dynamoDb', 'apiGateway', 'lambda', 'sqs', 'scheduler', 'logs'] as const;
const HEADINGS = ['write units', 'read units', 'DynamoDB', 'API', 'Lambda', 'SQS', 'Scheduler', 'logs', 'together'];

/** A table in Markdown: dollars for a million deliveries, by service. */
export function priceTable(results: readonly Result[]): string {
  const rows = results.map(({ name, units, bill }) => [
    name,
    units.write.toFixed(2),
    units.read.toFixed(2),
    ...SERVICES.map((service) => bill[service].toFixed(2)),
    `**${totalOf(bill).toFixed(2)}**`,
  ]);
  return table(['for a million deliveries, $', ...HEADINGS], rows);
}

/** Where it goes: what each function does for one delivery. */
export function functionTable({ reading, deliveries }: Result): string {
  const busy = reading.functions.filter(({ invocations }) => invocations > 0);
  return table(
    [
      'function',
      'invocations',
      'records each',
      'ms on Lambda',
      'ms here',
      'write units',
      'of them indexes',
      'read units',
    ],
    busy.map((one) => functionRow(one, deliveries)),
  );
}

function functionRow(one: FunctionReading, deliveries: number): string[] {
  const each = (amount: number) => (amount / deliveries).toFixed(3);
  return [
    one.facts.name,
    each(one.invocations),
    (one.records / one.invocations).toFixed(1),
    one.durationMs.toFixed(1),
    one.hereMs.toFixed(1),
    each(one.units.write),
    each(one.indexWrites),
    each(one.units.read),
  ];
}

/** As formatters have it. */
const MIN_WIDTH = 3;

/** A table in Markdown; the first column to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) =>
    Math.max(MIN_WIDTH, name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

const pad = (cell: string, width: number, column: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width);
