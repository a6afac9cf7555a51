/** What can happen to a call on its way; the words are those of the log. */
export type CallFault =
  | 'none'
  | 'worker killed before a call'
  | 'worker killed after a call'
  | 'call failed'
  | 'call failed for good'
  | 'answer lost'
  | 'call delayed';

const FUNCTIONS = ['ingest', 'route', 'deliver', 'aggregate', 'api', 'manage', 'sweep'] as const;

/** The name of a function in the app, by its logical id in the template. */
export function serviceNameOf(logicalId: string): string {
  return FUNCTIONS.find((name) => logicalId.toLowerCase().startsWith(name)) ?? logicalId;
}

/** Shares out of a thousand calls. */
const PIPELINE: Readonly<Record<CallFault, number>> = {
  'worker killed before a call': 3,
  'worker killed after a call': 4,
  'call failed': 20,
  'call failed for good': 6,
  'answer lost': 10,
  'call delayed': 8,
  none: 949,
};

/** Batches of these functions make few calls: each of them has to be disturbed more often. */
const RARE: Readonly<Record<CallFault, number>> = {
  'worker killed before a call': 25,
  'worker killed after a call': 35,
  'call failed': 50,
  'call failed for good': 15,
  'answer lost': 40,
  'call delayed': 20,
  none: 815,
};

const BY_FUNCTION: Readonly<Record<string, Readonly<Record<CallFault, number>>>> = {
  aggregate: RARE,
  sweep: { ...PIPELINE, 'worker killed before a call': 6, 'worker killed after a call': 8 },
};

/** How often the calls of a function suffer what. */
export const callWeights = (functionName: string): Readonly<Record<CallFault, number>> =>
  BY_FUNCTION[functionName] ?? PIPELINE;

/**
 * What the account and the table take. AWS throttles less often: a new account has ten executions, and a partition takes 3,000
 * units to read and 1,000 to write a second.
 */
export const LIMITS = {
  accountConcurrency: 10,
  partitionLimits: { read: 10, write: 20, index: { read: 4, write: 4 } },
} as const;

/** How often batches and schedules are disturbed: probabilities for each batch or schedule. */
export const BATCHES = {
  reordered: 0.3,
  late: 0.12,
  twice: 0.15,
  longestDelayMs: 2_500,
  cut: 0.3,
  longestRepeatPauseMs: 1_500,
  repeated: { aggregate: 0.4, route: 0.15 } as Readonly<Record<string, number>>,
  scheduleLate: 0.4,
  scheduleTwice: 0.3,
} as const;
