import type { DeliveryWithAttempts } from './api';
import type { Payload, Way } from './payloads';
import { ROLES } from './roles';
import { type Check, type Evidence, isAccepted } from './verdict';

/** The cast, before the show. */
export function castText(): string {
  const width = Math.max(...ROLES.map(({ name }) => name.length));
  return ROLES.map(({ name, story }) => `  ${name.padEnd(width)}  ${story}\n`).join('');
}

/** `50 payloads: 20 alone, 20 in a batch, 10 through a source; 410,113 bytes` */
export function payloadsText(payloads: readonly Payload[]): string {
  const ways: readonly Way[] = ['alone', 'in a batch', 'through a source'];
  const counts = ways.map((way) => `${payloads.filter((one) => one.way === way).length} ${way}`);
  const bytes = payloads.reduce((sum, one) => sum + one.bytes.byteLength, 0);
  return `${payloads.length} payloads: ${counts.join(', ')}; ${bytes.toLocaleString('en')} bytes`;
}

const COLUMNS = [
  'Destination',
  'Deliveries',
  'At first try',
  'After retries',
  'Dead letters',
  'Attempts',
  'Bytes arrived',
];

/** What became of the deliveries, one row a destination, as the API tells it. */
export function tableText(evidence: Evidence): string {
  const names = evidence.roles.map(({ name }) => name);
  const figures = names.map((name) => figuresOf(evidence, name));
  const total = (figures[0] ?? []).map((_, column) => figures.reduce((sum, row) => sum + (row[column] ?? 0), 0));
  const rows = [...figures.map((row, n) => [names[n] ?? '', ...row.map(grouped)]), ['Total', ...total.map(grouped)]];
  const widths = COLUMNS.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `  ${row.map((cell, column) => pad(cell, column, widths)).join('   ')}`;
  const rule = `  ${widths.map((width) => '─'.repeat(width)).join('───')}`;
  return [line(COLUMNS), rule, ...rows.slice(0, -1).map(line), rule, ...rows.slice(-1).map(line), ''].join('\n');
}

function figuresOf({ deliveries, received }: Evidence, name: string): number[] {
  const own = deliveries.filter(({ destination }) => destination.name === name);
  const delivered = own.filter(({ status }) => status === 'delivered');
  const atFirst = delivered.filter(({ attemptCount }) => attemptCount === 1).length;
  const accepted = received.filter((one) => one.destination === name && isAccepted(one));
  return [
    own.length,
    atFirst,
    delivered.length - atFirst,
    own.filter(({ status }) => status === 'failed').length,
    own.reduce((sum, { attempts }) => sum + attempts.length, 0),
    accepted.reduce((sum, { body }) => sum + body.byteLength, 0),
  ];
}

const grouped = (count: number): string => count.toLocaleString('en');

const pad = (cell: string, column: number, widths: readonly number[]): string =>
  column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);

/** The history of the delivery that took most attempts to arrive, to show that nothing of it is lost. */
export function exampleText(deliveries: readonly DeliveryWithAttempts[]): string {
  const [example] = deliveries
    .filter(({ status }) => status === 'delivered')
    .sort((one, other) => other.attemptCount - one.attemptCount);
  if (!example) return '';
  const lines = example.attempts.map(({ attemptNumber, statusCode, error, latency }) => {
    const answer = statusCode === null ? error : `${statusCode}${error ? ` ${error}` : ''}`;
    return `    attempt ${attemptNumber}   ${answer}, after ${latency} ms\n`;
  });
  return `  One of them, ${example.id} to ${example.destination.name}:\n${lines.join('')}`;
}

/** How many problems of one kind are worth reading. */
const SHOWN_PROBLEMS = 5;

/** The checks with a tick or a cross, and what speaks against the ones that failed. */
export function checksText(checks: readonly Check[]): string {
  return checks
    .map(({ claim, problems }) => `  ${problems.length === 0 ? '✓' : '✗'} ${claim}\n${listed(problems)}`)
    .join('');
}

function listed(problems: readonly string[]): string {
  const hidden = problems.length - SHOWN_PROBLEMS;
  const more = hidden > 0 ? `      and ${hidden} more\n` : '';
  return (
    problems
      .slice(0, SHOWN_PROBLEMS)
      .map((problem) => `      ${problem}\n`)
      .join('') + more
  );
}
