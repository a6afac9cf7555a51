import { setTimeout as sleep } from 'node:timers/promises';
import type { Table } from '../../lambdas/store/table/table';
import { countAgain } from './count-again';
import { type HeldRecord, holdAll, release, remove, type SetAsideQueue, type SetAsideRecord } from './messages';
import { left, type Outcome } from './outcome';
import { routeAgain } from './route-again';

/** What is taken back, and into which table. */
export interface TakeBack {
  readonly table: Table;
  readonly queue: SetAsideQueue;
  /** How long to wait for records of repairs, which `aggregate` sets aside some seconds after the repair. */
  readonly patienceSeconds: number;
}

/** How many records were taken back, how many are left, and a line for each. */
export interface TakenBack {
  readonly taken: number;
  readonly left: number;
  readonly report: string;
}

/** Takes back all records that were set aside and can be read by now. The others stay in the queue. */
export async function takeBack(work: TakeBack, now: () => number): Promise<TakenBack> {
  const deadline = now() + work.patienceSeconds * 1000;
  const lines: string[] = [];
  for (let taken = 0; ; await sleep(1000)) {
    const outcomes = await takeBackOnce(work, now);
    const [gone, kept] = [outcomes.filter(({ outcome }) => outcome.done), outcomes.filter((one) => !one.outcome.done)];
    taken += gone.length;
    lines.push(...gone.map(lineOf));
    if (kept.length > 0 && now() < deadline) continue;
    const ending = `${taken} taken back, ${kept.length} left.\n`;
    return { taken, left: kept.length, report: [...lines, ...kept.map(lineOf), ending].join('\n') };
  }
}

interface Handled {
  readonly held: HeldRecord;
  readonly outcome: Outcome;
}

function lineOf({ held: { record }, outcome }: Handled): string {
  if (record === undefined) return `? ${outcome.what}`;
  return `${record.function} ${record.key.pk} ${record.key.sk}: ${outcome.what}`;
}

async function takeBackOnce({ table, queue }: TakeBack, now: () => number): Promise<Handled[]> {
  const held = await holdAll(queue);
  const outcomes = await judgeAll(table, held, now);
  const handled = held.map((one) => ({ held: one, outcome: outcomes.get(nameOf(one.record)) ?? UNKNOWN }));
  for (const { held: one, outcome } of handled) await (outcome.done ? remove(queue, one) : release(queue, one));
  return handled;
}

const UNKNOWN = left('is no record that was set aside');

/** Records may be in the queue twice. */
const nameOf = (record: SetAsideRecord | undefined): string =>
  record ? `${record.function} ${record.eventId} ${record.sequenceNumber}` : '';

async function judgeAll(table: Table, held: readonly HeldRecord[], now: () => number): Promise<Map<string, Outcome>> {
  const records = [...new Map(held.flatMap(({ record }) => (record ? [[nameOf(record), record]] : []))).values()];
  const outcomes = new Map<string, Outcome>();
  for (const record of records.filter((one) => one.function === 'route'))
    outcomes.set(nameOf(record), await routeAgain(table, record, now()));
  const counted = records.filter((one) => one.function === 'aggregate');
  for (const item of new Set(counted.map(itemOf))) {
    const ofItem = counted.filter((record) => itemOf(record) === item);
    for (const [record, outcome] of await countAgain(table, ofItem, now)) outcomes.set(nameOf(record), outcome);
  }
  return outcomes;
}

const itemOf = ({ key }: SetAsideRecord): string => `${key.pk} ${key.sk}`;
