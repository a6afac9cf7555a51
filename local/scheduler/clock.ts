import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../faults/faults';
import { parseExpression } from './expression';
import type { Schedule } from './schedule';
import type { ScheduleStore } from './schedule-store';

/** Starts what a schedule points at; a rejection is tried again. */
export type StartTarget = (schedule: Schedule) => Promise<void>;

/** Longest time that one timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const RETRY_MS = [1_000, 5_000, 15_000, 60_000];

export interface ClockOptions {
  readonly faults?: Faults;
  /** How late a target may be started, at most; on AWS it is a minute. On time when left out. */
  readonly latenessMs?: number;
}

/**
 * Starts targets when their schedules are due, to the second unless they are to be late. What came due while nothing ran
 * starts now, and a rate starts immediately. A one-time schedule ends after its target was started, so a crash in
 * between starts it twice, but never skips it.
 */
export class ScheduleClock {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private start: StartTarget | undefined;
  private stopped = false;

  constructor(
    private readonly store: ScheduleStore,
    private readonly log: (line: string) => void,
    private readonly options: ClockOptions = {},
  ) {}

  /** Starts watching every schedule, existing and new. */
  begin(start: StartTarget): void {
    this.start = start;
    for (const schedule of this.store.all()) this.watch(schedule);
  }

  /** Sets the timer of a schedule; does nothing before `begin`. */
  watch(schedule: Schedule): void {
    if (this.start === undefined) return;
    const timing = parseExpression(schedule.ScheduleExpression);
    if (timing === undefined || schedule.State === 'DISABLED' || schedule.completed === true) return;
    if (timing.kind === 'at') this.waitUntil(schedule, timing.at, () => this.fireOnce(schedule, 0));
    else this.repeat(schedule, Date.now(), timing.everyMs);
  }

  /** Forgets a schedule that was deleted. */
  forget({ Arn }: Schedule): void {
    clearTimeout(this.timers.get(Arn));
    this.timers.delete(Arn);
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private waitUntil(schedule: Schedule, due: number, then: () => void): void {
    this.wait(schedule, due + lateness(schedule, due, this.options.latenessMs ?? 0) - Date.now(), then);
  }

  private wait(schedule: Schedule, ms: number, then: () => void): void {
    if (this.stopped) return;
    const next = ms > MAX_TIMER_MS ? () => this.wait(schedule, ms - MAX_TIMER_MS, then) : then;
    this.timers.set(schedule.Arn, setTimeout(next, Math.min(Math.max(ms, 0), MAX_TIMER_MS)));
  }

  private async fireOnce(schedule: Schedule, failures: number): Promise<void> {
    try {
      for (const pause of this.options.faults?.starts?.(schedule.Name) ?? [0]) {
        if (pause > 0) await sleep(pause, undefined, { ref: false });
        if (!this.stopped) await this.start?.(schedule);
      }
    } catch (error) {
      const pause = RETRY_MS[failures];
      this.log(`Schedule ${schedule.Name} failed: ${error}`);
      if (pause !== undefined) return this.wait(schedule, pause, () => this.fireOnce(schedule, failures + 1));
    }
    this.finish(schedule);
  }

  private finish(schedule: Schedule): void {
    this.timers.delete(schedule.Arn);
    if (this.stopped || this.store.find(schedule.GroupName, schedule.Name) === undefined) return;
    if (schedule.ActionAfterCompletion === 'DELETE') this.store.delete(schedule.GroupName, schedule.Name);
    else this.store.complete(schedule);
  }

  private repeat(schedule: Schedule, due: number, everyMs: number): void {
    this.waitUntil(schedule, due, () => {
      // What came due while the machine slept is not made up for.
      this.repeat(schedule, Math.max(due + everyMs, Date.now()), everyMs);
      this.fire(schedule);
    });
  }

  private fire(schedule: Schedule): void {
    this.start?.(schedule).catch((error) => {
      if (!this.stopped) this.log(`Schedule ${schedule.Name} failed: ${error}`);
    });
  }
}

/** A part of the longest lateness that differs from time to time, but is the same whenever it is asked for. */
function lateness({ Arn }: Schedule, due: number, longestMs: number): number {
  const number = createHash('sha256').update(`${Arn} ${due}`).digest().readUInt32BE();
  return Math.floor((number / 2 ** 32) * longestMs);
}
