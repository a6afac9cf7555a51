/**
 * The app as the soak runs it. Times are cut to what a run can wait for, and their proportions are kept: a claim outlives its
 * attempt, and a message's visibility (24 seconds) outlives the function's timeout six times and the claim once.
 */
export const SOAK_CONTEXT = {
  deliverTimeoutSeconds: 4,
  schedulerThresholdSeconds: 1,
  // Breakers that open, probe and close within a run.
  breakerThreshold: 8,
  breakerCoolDownSeconds: 1,
  breakerMaxCoolDownSeconds: 3,
  // The soak runs the repairs itself, and far more often.
  sweepIntervalMinutes: 60,
  keyRatePerSecond: 10_000,
  keyRateBurst: 20_000,
};

/** How long the queues of the template keep messages. */
export const RETENTION_MS = { delivery: 4 * 86_400_000, deadLetters: 14 * 86_400_000 } as const;

/** How a run goes on. Times are in milliseconds. */
export const PACE = {
  /** So many callers publish side by side. */
  publishers: 3,
  /** At most, over all of them. */
  eventsPerSecond: 12,
  /** So many events may be on their way to the first receiver before the publishers wait. */
  mostUnderWay: 40,
  longestWait: 4_000,
  callsBetweenKills: [60, 180],
  longestKillDelay: 200,
  callsBetweenPauses: [250, 500],
  pauseFor: [200, 1500],
  callsBetweenJumps: [700, 1800],
  /** What an operator wants to see is asked for so often, so far apart. */
  looks: 5,
  lookAgainAfter: 200,
  /** So old may messages be that a jump of the clock does not let expire at once. */
  expireAfter: [1_000, 5_000],
  /** After so long an operator who has started a recovery cancels it, if at all. */
  cancelAfter: [0, 1_500],
  sweepEvery: [1000, 3000],
  actEvery: [20, 200],
  /** In the course of publishing. */
  restarts: 2,
  /** Everything goes on to go wrong after the last event was published, for at least so long. */
  aftermath: 5_000,
  /** And until the operator has made this many calls for each event, but no longer than that. */
  callsForEachEvent: 0.3,
  longestAftermath: 25_000,
} as const;
