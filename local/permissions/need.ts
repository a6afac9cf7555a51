/** One thing that a call has to be allowed: an action on a resource, with what the call says beyond that. */
export interface Need {
  /** As policies write it, such as `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` for an action that is not about one resource. */
  readonly resource: string;
  /** Values of condition keys; every one that a policy of the template may use is in `CONDITION_KEYS`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Condition keys that the local stack knows the values of. A policy with any other is refused at the start. */
export const CONDITION_KEYS: ReadonlySet<string> = new Set([
  'aws:SecureTransport',
  'dynamodb:EnclosingOperation',
  'iam:PassedToService',
  'kms:ViaService',
]);
