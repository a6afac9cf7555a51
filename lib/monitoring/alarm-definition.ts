import type { ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** `page`: deliveries are late or lost unless somebody acts now. `look`: somebody should look within a working day. */
export type Severity = 'page' | 'look';

/** Something that an operator must know. Its name is also the name of its section in the runbook. */
export interface AlarmDefinition {
  readonly name: string;
  readonly severity: Severity;
  /** What is the case when it goes off, in a sentence. */
  readonly meaning: string;
  readonly metric: IMetric;
  /** It goes off from this value on, unless `operator` says otherwise. */
  readonly threshold: number;
  readonly operator?: ComparisonOperator;
  /** Periods in a row; one when left out. */
  readonly periods?: number;
  /** What no data means; that all is well when left out. */
  readonly missing?: TreatMissingData;
}
