import type { Tidied } from './tidy-dead-letters';

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;

/** A longer queue takes more minutes: looking at a message costs a read unit. */
const MESSAGES_A_MINUTE = 500;

/** What tidying the dead-letter queue when it is due needs from outside. */
export interface WhenDuePorts {
  /** Messages in the dead-letter queue, approximately. */
  countMessages(): Promise<number>;
  /** Open dead letters of some environments, by the counters. */
  countOpen(environments: readonly string[]): Promise<number>;
  /** Looks through the queue. */
  tidy(messages: number): Promise<Tidied>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What was there when the queue was last looked through. */
interface Look {
  readonly at: number;
  readonly messages: number;
  readonly open: number;
  readonly found: Tidied;
  /** When to look again even if nothing changes, after this long. */
  readonly pauseMs: number;
}

const NOTHING: Tidied = { seen: 0, removed: 0, repaired: 0, unsettled: 0, foreign: 0 };

/**
 * Looks through the dead-letter queue only when that may find something: the number of its messages or of the open dead
 * letters has changed, or the last look found something to do. Else after a pause that doubles up to an hour.
 *
 * The last look is remembered here and not in the table: a new instance looks once more, which costs less than
 * writing it down.
 *
 * @returns a run; `now` looks in any case
 */
export function tidyWhenDue(
  ports: WhenDuePorts,
): (when: 'now' | 'when due', environments: readonly string[]) => Promise<Tidied> {
  let last: Look | undefined;
  return async (when, environments) => {
    const messages = await ports.countMessages();
    if (messages === 0) {
      last = undefined;
      return NOTHING;
    }
    const [open, at] = [await ports.countOpen(environments), ports.now()];
    const isNews = !last || last.messages !== messages || last.open !== open || isRestless(last.found);
    // Foreign messages are still there: their alarm is about every run.
    if (last && when === 'when due' && !isDue(last, isNews, at)) return { ...NOTHING, foreign: last.found.foreign };
    const found = await ports.tidy(messages);
    const pauseMs = last && !isNews ? Math.min(2 * last.pauseMs, LONGEST_PAUSE_MS) : MINUTE_MS;
    last = { at, messages, open, found, pauseMs };
    return found;
  };
}

/** Whether a look changed something, or found what it could not decide yet. */
const isRestless = ({ removed, repaired, unsettled }: Tidied): boolean => removed + repaired + unsettled > 0;

/** The schedule is a little early or late. */
const SLACK_MS = 5_000;

function isDue({ at, found, pauseMs }: Look, isNews: boolean, now: number): boolean {
  const shortest = Math.floor(found.seen / MESSAGES_A_MINUTE) * MINUTE_MS;
  return now - at + SLACK_MS >= (isNews ? shortest : Math.max(shortest, pauseMs));
}
