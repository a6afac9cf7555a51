/** Everything that an operator does while events are published. */
export const ACTIONS = [
  'retry',
  'bulk replay',
  'replay item',
  'requeue',
  'delete dead letter',
  'redrive',
  'retry event',
  'recover',
  'cancel recovery',
  'pause',
  'resume',
  'move',
  'switch connection',
  'remove schema',
  'delete destination',
] as const;

export type ActionKind = (typeof ACTIONS)[number];

/** A call that an operator made. */
export interface Action {
  readonly kind: ActionKind;
  /** What it was about: `dlv_…`, `dlq_…`, `evt_…`, `dst_…`, `con_…` or `rec_…`; nothing for a redrive. */
  readonly about: readonly string[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** Of the answer; undefined when there was none. */
  readonly status: number | undefined;
}

/** Whether a call may have changed something: it was not refused. */
export const mayHaveWorked = ({ status }: Action): boolean => status === undefined || status < 400 || status >= 500;
