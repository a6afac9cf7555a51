import type { FaultLog } from './chaos/fault-log';
import type { Mutation } from './chaos/mutations';
import type { Site } from './chaos/site';
import type { Sweeper } from './chaos/sweeping';
import type { Receivers } from './receivers/receivers';
import type { Api } from './workload/api';
import type { Target } from './workload/configure';
import type { Operator } from './workload/operator';
import type { Publisher } from './workload/publish';

export interface RunOptions {
  readonly events: number;
  readonly seed: number;
  readonly minutes: number;
  /** Off: nothing goes wrong but the receivers. */
  readonly faults: boolean;
  /** A promise that is turned off, to see that it is noticed. */
  readonly mutation?: Mutation | undefined;
  /** A synthesized app with the soak's settings. */
  readonly assembly: string;
  readonly progress: (line: string) => void;
  readonly functionLog?: ((functionName: string, line: string) => void) | undefined;
}

/** The parts of a run that is under way. */
export interface Soak {
  readonly options: RunOptions;
  readonly site: Site;
  readonly log: FaultLog;
  readonly api: Api;
  readonly receivers: Receivers;
  readonly targets: readonly Target[];
  readonly publisher: Publisher;
  readonly operator: Operator;
  readonly sweeper: Sweeper;
  readonly deadline: number;
  /** Whether faults happen at the moment. */
  readonly faults: { active: boolean };
}
