/** When a schedule is due. */
export type Timing =
  /** Once, at this epoch millisecond. */
  | { readonly kind: 'at'; readonly at: number }
  /** Again and again, this many milliseconds apart. */
  | { readonly kind: 'rate'; readonly everyMs: number };

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `at(2026-01-31T12:00:00)` and `rate(5 minutes)`. Times are in UTC.
 *
 * @returns undefined for anything else, `cron(…)` included
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseExpression(expression: string): Timing | undefined {
  const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression)?.[1];
  if (at !== undefined)
    return Number.isNaN(Date.parse(`${at}Z`)) ? undefined : { kind: 'at', at: Date.parse(`${at}Z`) };
  const [, count = '0', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const everyMs = Number(count) * (UNIT_MS[unit] ?? 0);
  return everyMs > 0 ? { kind: 'rate', everyMs } : undefined;
}
