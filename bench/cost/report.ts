import type { Use } from '../meters/capacity';
import type { FunctionReading } from '../meters/meter';
import { PRICES } from '../prices/prices';
import { secondsPrice } from './bill';
import type { Budget } from './budgets';
import { type Idle, idleTotal } from './idle';
import { type Month, monthTotal, type Result } from './result';

const SERVICES = ['dynamoDb', 'apiGateway', 'lambda', 'sqs', 'scheduler', 'logs', 'accessLog'] as const;
const HEADINGS = [
  'DynamoDB',
  'API',
  'Lambda',
  'SQS',
  'Scheduler',
  'logs',
  'access log',
  'together',
  'budget',
  'target',
];

/** A row of the price table: a scenario, or what one costs more than another. */
export type Priced = Pick<Result, 'name' | 'units' | 'bill' | 'dollars'> & { readonly budget: Budget | undefined };

/** What `result` takes on top of `base`. */
export function onTop(name: string, result: Result, base: Result, budget: Budget): Priced {
  const [more, less] = [result.bill, base.bill];
  return {
    ...{ name, budget },
    units: { write: result.units.write - base.units.write, read: result.units.read - base.units.read },
    bill: {
      dynamoDb: more.dynamoDb - less.dynamoDb,
      apiGateway: more.apiGateway - less.apiGateway,
      lambda: more.lambda - less.lambda,
      sqs: more.sqs - less.sqs,
      scheduler: more.scheduler - less.scheduler,
      logs: more.logs - less.logs,
      accessLog: more.accessLog - less.accessLog,
    },
    dollars: result.dollars - base.dollars,
  };
}

/** Dollars for a million deliveries, by service. */
export function priceTable(rows: readonly Priced[]): string {
  return table(
    ['for a million deliveries, $', 'write units', 'read units', ...HEADINGS],
    rows.map(({ name, units, bill, dollars, budget }) => [
      name,
      units.write.toFixed(2),
      units.read.toFixed(2),
      ...SERVICES.map((service) => bill[service].toFixed(2)),
      `**${dollars.toFixed(2)}**`,
      budget?.dollars.toFixed(2) ?? '',
      budget?.target.toFixed(2) ?? '',
    ]),
  );
}

/** What comes on top: keeping it, and sending it. */
export function keepingTable(results: readonly Result[]): string {
  return table(
    ['for a million deliveries, $', 'bytes stored', 'storage', 'bytes sent', 'egress', 'with both'],
    results.map(({ name, dollars, storedBytes, storage, sentBytes, egress }) => [
      name,
      ...[storedBytes.toFixed(0), storage.toFixed(2), sentBytes.toFixed(0), egress.toFixed(2)],
      `**${(dollars + storage + egress).toFixed(2)}**`,
    ]),
  );
}

/** What the bill is if the model of the pollers is off: dollars at a rate with smaller, modelled and larger batches. */
export function sensitivityTable(rows: readonly (readonly [rate: string, ...results: readonly Result[]])[]): string {
  return table(
    ['for a million deliveries, $', 'batches 50 % smaller', 'as modelled', '50 % larger'],
    rows.map(([rate, ...results]) => [rate, ...results.map(({ dollars }) => dollars.toFixed(2))]),
  );
}

/** How full batches are, as the model has it and as they were. */
export function batchTable(results: readonly Result[]): string {
  const measured = (result: Result, name: string) => {
    const found = result.reading.functions.find(({ facts }) => facts.name === name);
    return found ? (found.records / found.invocations).toFixed(1) : '';
  };
  return table(
    ['records in a batch', '`route`', 'model', '`deliver`', 'model', '`aggregate`', 'model'],
    results.map((result) => {
      const { route, deliver, countedRecords } = result.sizes;
      return [
        result.name,
        ...[measured(result, 'route'), route.toFixed(1)],
        ...[measured(result, 'deliver'), deliver.toFixed(1)],
        ...[measured(result, 'aggregate'), countedRecords.toFixed(1)],
      ];
    }),
  );
}

/** What a month costs in which nothing happens. */
export function idleTable({ alarms, metrics, pollers, sweep, ...rest }: Idle, budget: Budget): string {
  const rows: (readonly [string, number])[] = [
    ['metrics that alarms watch', alarms],
    ['metrics of its own', metrics],
    ['receives of idle pollers', pollers],
    ['the sweep, every minute', sweep],
  ];
  const total = idleTotal({ alarms, metrics, pollers, sweep, ...rest });
  const heading = `together (budget ${budget.dollars.toFixed(2)}, target ${budget.target.toFixed(2)})`;
  return table(
    ['a month in which nothing happens', '$'],
    [...rows.map(([name, dollars]) => [name, dollars.toFixed(2)]), [heading, `**${total.toFixed(2)}**`]],
  );
}

/** What a month costs. */
export function monthTable(months: readonly Month[]): string {
  return table(
    ['deliveries a month', 'nothing happens', 'metrics', 'deliveries', 'storage', 'egress', 'together, $'],
    months.map((month) => [
      (month.millions * 1_000_000).toLocaleString('en-US'),
      ...[month.idle, month.metrics, month.deliveries, month.storage, month.egress].map((dollars) =>
        dollars.toFixed(2),
      ),
      `**${monthTotal(month).toFixed(2)}**`,
    ]),
  );
}

/** Where it goes: what each function does for one delivery, and dollars for a million. */
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
      '$ invocations',
      '$ time',
      '$ logs',
    ],
    busy.map((one) => functionRow(one, deliveries)),
  );
}

function functionRow(one: FunctionReading, deliveries: number): string[] {
  const each = (amount: number) => (amount / deliveries).toFixed(3);
  const million = (dollars: number) => ((dollars * 1_000_000) / deliveries).toFixed(2);
  return [
    one.facts.name,
    each(one.invocations),
    (one.records / one.invocations).toFixed(1),
    one.durationMs.toFixed(1),
    one.hereMs.toFixed(1),
    each(one.units.write),
    each(one.indexWrites),
    each(one.units.read),
    million(one.invocations * PRICES.invocation),
    million(secondsPrice(one, PRICES)),
    million((one.logBytes / 1024 ** 3) * PRICES.logGigabyte),
  ];
}

/** Where the units go, for one delivery: which function calls for which items. */
export function useTable({ reading, deliveries }: Result): string {
  const rows = reading.functions.flatMap(({ facts, uses }) => uses.map((use) => useRow(facts.name, use, deliveries)));
  return table(['function', 'call', 'of', 'calls', 'write units', 'of them indexes', 'read units'], rows);
}

function useRow(
  name: string,
  { operation, kinds, calls, write, indexWrites, read }: Use,
  deliveries: number,
): string[] {
  return [name, operation, kinds, ...[calls, write, indexWrites, read].map((sum) => (sum / deliveries).toFixed(3))];
}

/** Requests to SQS for one delivery. */
export function requestTable({ reading, deliveries }: Result): string {
  const rows = Object.entries(reading.queueRequests);
  return table(
    ['requests to SQS', 'for a delivery'],
    rows.map(([name, count]) => [name, (count / deliveries).toFixed(3)]),
  );
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
