/** The dimension that Powertools adds for each function; its value is the function's short name. */
export const FUNCTION_DIMENSION = 'service';

/** Metrics by the function that counts them; alarms and the dashboard use the same names. */
export const METRICS = {
  deliver: {
    /** Attempts that a destination accepted. */
    succeeded: 'AttemptsSucceeded',
    /** Attempts that failed, retried or not. */
    failed: 'AttemptsFailed',
    /** Deliveries that have no attempts left. */
    died: 'DeliveriesDied',
    /** Deliveries that wait for their destination. */
    parked: 'DeliveriesParked',
    /** Changes of breakers; the log says whose. */
    circuitOpened: 'CircuitOpened',
    circuitProbed: 'CircuitHalfOpened',
    circuitReopened: 'CircuitReopened',
    circuitReleased: 'CircuitProbeReleased',
    circuitClosed: 'CircuitClosed',
  },
  sweep: {
    /** Repairs of what a crash left behind; a healthy run needs none. */
    repairs: 'SweepRepairs',
    /** Messages in the dead-letter queue that are not Posthorn's. */
    foreign: 'ForeignDeadLetters',
    /** Parked deliveries that were put back. */
    resumed: 'DeliveriesResumed',
    /** Age in seconds of the oldest unsettled delivery, for whatever reason. */
    oldest: 'OldestOpenDelivery',
  },
} as const;

type Names = { [Function in keyof typeof METRICS]: (typeof METRICS)[Function][keyof (typeof METRICS)[Function]] };

/** The name of a metric. */
export type MetricName = Names[keyof Names];
