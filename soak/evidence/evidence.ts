import type { FaultRecord } from '../chaos/fault-log';
import type { Rule } from '../checks/rules';
import type { Received } from '../receivers/receivers';
import type { Action } from '../workload/actions';
import type { Target } from '../workload/configure';
import type { Publication } from '../workload/publish';
import type { Family } from './families';
import type { RecoveryImage } from './recoveries';
import type { GivenTurn } from './turns';

/** How many messages each queue holds when all is over. */
export interface Depths {
  readonly delivery: number;
  readonly setAside: number;
}

/** Everything that is known about a run, from all sides. */
export interface Evidence {
  readonly targets: readonly Target[];
  readonly publications: readonly Publication[];
  readonly actions: readonly Action[];
  readonly faults: readonly FaultRecord[];
  readonly requests: readonly Received[];
  readonly families: readonly Family[];
  readonly recoveries: readonly RecoveryImage[];
  /** Turns at destinations with a rate limit. */
  readonly turns: readonly GivenTurn[];
  /** Events as the API lists them. */
  readonly listed: readonly { readonly id: string; readonly status: string }[];
  readonly depths: Depths;
  /** What the table, the counters, the API and the dead-letter queue say about each other. */
  readonly consistency: { readonly consistent: boolean; readonly report: string };
  /** Repairs that the sweep made, of the kind that a healthy run never needs. */
  readonly repairs: number;
}

/** A promise that was broken. */
export interface Violation {
  readonly rule: Rule;
  /** The event that it is about, if it is about one. */
  readonly base?: string | undefined;
  readonly text: string;
}

/** What a check found, and what it has to tell when nothing is wrong. */
export interface Finding {
  readonly violations: readonly Violation[];
  readonly facts?: readonly string[];
}

export type Check = (evidence: Evidence) => Finding;
