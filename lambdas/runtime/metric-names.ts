/** The dimension by which Powertools tells the functions apart; its value is the function's short name. */
export const FUNCTION_DIMENSION = 'service';

/** Metrics that functions count, by who counts them; alarms and the dashboard use the same names. */
export const METRICS = {
  deliver: {
    /** Attempts that a destination accepted. */
    succeeded: 'AttemptsSucceeded',
    /** Attempts that failed, whatever follows. */
    failed: 'AttemptsFailed',
    /** Deliveries that have no attempts left. */
    died: 'DeliveriesDied',
    /** Deliveries that wait for their destination. */
    parked: 'DeliveriesParked',
    /** What breakers did; the log says whose. */
    circuitOpened: 'CircuitOpened',
    circuitProbed: 'CircuitHalfOpened',
    circuitReopened: 'CircuitReopened',
    circuitReleased: 'CircuitProbeReleased',
    circuitClosed: 'CircuitClosed',
  },
  sweep: {
    /** What a crash had left behind and was mended; a healthy run needs none. */
    repairs: 'SweepRepairs',
    /** Messages in the dead-letter queue that Posthorn has no part in. */
    foreign: 'ForeignDeadLetters',
    /** Parked deliveries that were put back. */
    resumed: 'DeliveriesResumed',
    /** Age in seconds of the oldest delivery that is not settled, whatever keeps it. */
    oldest: 'OldestOpenDelivery',
  },
} as const;

type Names = { [Function in keyof typeof METRICS]: (typeof METRICS)[Function][keyof (typeof METRICS)[Function]] };

/** The name of a metric. */
export type MetricName = Names[keyof Names];
