/** What a receiver does with a request. */
export type Answer = { readonly status: number; readonly headers?: Record<string, string> } | 'no answer';

/** Which request it is that a receiver answers. */
export interface Visit {
  /** The delivery, in the order in which receivers first see them, from 0. */
  readonly delivery: number;
  /** The attempt, from 1. */
  readonly attempt: number;
}

/** GitHub events that a destination wants: all of them, or a filter rule on their name. */
export type Wish =
  | { readonly operator: 'all' }
  | { readonly operator: 'in'; readonly value: readonly string[] }
  | { readonly operator: 'starts_with'; readonly value: string };

/** A destination of the demo and the receiver behind it. */
export interface Role {
  readonly name: string;
  /** For the audience: what it does. */
  readonly story: string;
  readonly wish: Wish;
  readonly behave: (visit: Visit) => Answer;
  /** Attempts in all, the first one included; a second lies between them. */
  readonly maxAttempts: number;
  /** How long the destination is waited for, in milliseconds. */
  readonly timeoutMs: number;
}

const OK: Answer = { status: 200 };

const ANSWERS_OF_A_BAD_DAY: readonly Answer[] = [{ status: 500 }, { status: 503, headers: { 'retry-after': '1' } }];

/** Four receivers, three of them with a reason to be retried. */
export const ROLES: readonly Role[] = [
  {
    name: 'archive',
    story: 'healthy',
    wish: { operator: 'all' },
    behave: () => OK,
    maxAttempts: 5,
    timeoutMs: 10_000,
  },
  {
    name: 'ci',
    story: 'every other delivery meets a 500, then a 503, then recovers',
    wish: { operator: 'in', value: ['check_run', 'check_suite', 'deployment', 'pull_request', 'push', 'workflow_run'] },
    behave: ({ delivery, attempt }) => (delivery % 2 === 0 && ANSWERS_OF_A_BAD_DAY[attempt - 1]) || OK,
    maxAttempts: 5,
    timeoutMs: 10_000,
  },
  {
    name: 'chat',
    story: 'does not answer its first request, which times out',
    wish: { operator: 'starts_with', value: 'issue' },
    behave: ({ delivery, attempt }) => (delivery === 0 && attempt === 1 ? 'no answer' : OK),
    maxAttempts: 5,
    timeoutMs: 1000,
  },
  {
    name: 'legacy',
    story: 'answers 500 for ever, so its deliveries end as dead letters',
    wish: { operator: 'in', value: ['fork', 'member', 'release', 'repository', 'star'] },
    behave: () => ({ status: 500 }),
    maxAttempts: 3,
    timeoutMs: 10_000,
  },
];

/** Whether a destination is to get a GitHub event. */
export function wants({ wish }: Role, event: string): boolean {
  switch (wish.operator) {
    case 'all':
      return true;
    case 'in':
      return wish.value.includes(event);
    case 'starts_with':
      return event.startsWith(wish.value);
    default:
      return wish satisfies never;
  }
}
