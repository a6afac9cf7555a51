/** Everything that a receiver may do with a request. */
export const BEHAVIOURS = [
  'accept',
  'slow accept',
  'error 500',
  'error 503',
  'not found',
  'redirect',
  'busy, retry after',
  'gone',
  'reset',
  'hang',
  'drip',
  'cut body',
] as const;

export type Behaviour = (typeof BEHAVIOURS)[number];

/** How a receiver is reached. `closed`: nobody listens there; `wrong TLS`: its certificate is nobody's. */
export type Reach = 'http' | 'closed' | 'wrong TLS';

/** A receiver: how it is reached, and how often it does what. */
export interface Role {
  readonly name: string;
  readonly reach: Reach;
  readonly weights: Partial<Record<Behaviour, number>>;
  /** Of its destination: attempts in a round, and the pauses between them in seconds. */
  readonly retries?: { readonly max_attempts: number; readonly schedule: readonly number[] };
  /** Requests a second that its destination takes, if it says so. */
  readonly rateLimit?: number;
  /** Receivers that get everything as well, at further URLs of its destination. */
  readonly mirrors?: readonly Pick<Role, 'name' | 'weights'>[];
  /** The schema of its connection takes payloads whose number is a multiple of this one. */
  readonly takesMultiplesOf?: number;
  /** What the operator does with its destination or connection, besides retries and redrives. */
  readonly configured?: 'paused and resumed' | 'connection switched' | 'deleted' | 'moved' | 'schema removed';
}

const ALWAYS = { accept: 1 };

/** Rounds that are over soon, so that there are dead letters to act upon. */
const ONCE_MORE = { max_attempts: 2, schedule: [0] };

/**
 * The receivers. Every event goes to the first one, and to some of the others by its payload: two in three events meet a
 * receiver that is trouble.
 */
export const ROLES: readonly [Role, ...Role[]] = [
  { name: 'steady', reach: 'http', weights: ALWAYS },
  {
    name: 'flaky',
    reach: 'http',
    weights: { accept: 5, 'slow accept': 1, 'error 500': 1, 'error 503': 1, 'not found': 1, redirect: 1 },
  },
  {
    name: 'busy',
    reach: 'http',
    weights: { accept: 2, 'busy, retry after': 2 },
    retries: { max_attempts: 3, schedule: [1, 2] },
  },
  { name: 'limited', reach: 'http', weights: { accept: 6, 'error 503': 1 }, rateLimit: 3 },
  { name: 'rude', reach: 'http', weights: { accept: 5, reset: 3, hang: 1, drip: 1, 'cut body': 1 } },
  { name: 'hopeless', reach: 'http', weights: { 'error 500': 6, hang: 1 }, retries: ONCE_MORE },
  { name: 'gone', reach: 'http', weights: { accept: 7, gone: 1 }, configured: 'paused and resumed' },
  { name: 'impostor', reach: 'wrong TLS', weights: ALWAYS, retries: ONCE_MORE },
  { name: 'absent', reach: 'closed', weights: ALWAYS, retries: ONCE_MORE },
  { name: 'paused', reach: 'http', weights: ALWAYS, configured: 'paused and resumed' },
  { name: 'switched', reach: 'http', weights: ALWAYS, configured: 'connection switched' },
  { name: 'deleted', reach: 'http', weights: { accept: 3, 'error 500': 1 }, configured: 'deleted' },
  { name: 'moved', reach: 'http', weights: { accept: 3, 'error 500': 1 }, configured: 'moved' },
  {
    name: 'mirrored',
    reach: 'http',
    weights: { accept: 5, 'error 500': 1 },
    retries: ONCE_MORE,
    mirrors: [
      { name: 'mirror', weights: { accept: 4, 'slow accept': 1, 'error 503': 1, reset: 1 } },
      { name: 'broken-mirror', weights: { accept: 2, 'error 500': 2, gone: 1 } },
    ],
  },
  { name: 'strict', reach: 'http', weights: ALWAYS, takesMultiplesOf: 2 },
  { name: 'mended', reach: 'http', weights: ALWAYS, takesMultiplesOf: 2, configured: 'schema removed' },
];

/** The names of all receivers at the destination of a role. */
export const receiversOf = ({ name, mirrors = [] }: Role): string[] => [name, ...mirrors.map((mirror) => mirror.name)];
