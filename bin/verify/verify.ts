import { setTimeout as sleep } from 'node:timers/promises';
import type { Table } from '../../lambdas/store/table/table';
import { type ApiAccess, compareApi } from './api';
import { agrees, type Row, reportOf } from './comparison';
import { compareDeadLetters, type DeadLetterQueue } from './dead-letters';
import { compareBuckets, compareLifetimes, compareRouting } from './recount';
import { scanTable } from './scan';

const HOUR_MS = 3_600_000;

/** What is verified. */
export interface Subject {
  readonly table: Table;
  readonly api?: ApiAccess | undefined;
  readonly deadLetters?: DeadLetterQueue | undefined;
  /** How far back buckets are compared, in days: no further than deliveries are kept. */
  readonly days: number;
  /** How long to wait for the counters, which run some seconds behind. */
  readonly patienceSeconds: number;
}

/** What was found. */
export interface Verdict {
  readonly consistent: boolean;
  /** For people. */
  readonly report: string;
}

interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/**
 * Compares the whole table with everything that says how much is in it. Repeats while something differs and there is
 * time left: the counters are behind while deliveries are on their way.
 */
export async function verify(subject: Subject, now: () => number): Promise<Verdict> {
  const deadline = now() + subject.patienceSeconds * 1000;
  for (;;) {
    const { sections, notes } = await compare(subject, now());
    const consistent = sections.every(({ rows }) => rows.every(agrees));
    if (consistent || now() >= deadline) return { consistent, report: reportOf(sections) + notes };
    await sleep(1000);
  }
}

async function compare({ table, api, deadLetters, days }: Subject, now: number) {
  const contents = await scanTable(table);
  const hours = Math.ceil((now - days * 24 * HOUR_MS) / HOUR_MS) * HOUR_MS;
  // Minute buckets are dropped after two days, some a little later.
  const minutes = Math.max(hours, Math.ceil((now - 47 * HOUR_MS) / HOUR_MS) * HOUR_MS);
  const sections: Section[] = [
    { title: 'Lifetime counts', rows: compareLifetimes(contents) },
    { title: 'Minutes', rows: compareBuckets(contents, 'minute', minutes) },
    { title: 'Hours', rows: compareBuckets(contents, 'hour', hours) },
    { title: 'Routed events', rows: compareRouting(contents, hours) },
  ];
  if (api) sections.push({ title: 'API', rows: await compareApi(table, contents, api, now) });
  const queue = deadLetters && (await compareDeadLetters(contents, deadLetters, now));
  if (queue) sections.push({ title: 'Dead-letter queue', rows: queue.rows });
  const notes = queue?.foreign ? `${queue.foreign} messages in the dead-letter queue are not Posthorn's.\n` : '';
  return { sections, notes: `${contents.deliveries.length} deliveries were read.\n${notes}` };
}
