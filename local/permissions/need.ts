/** A permission that a call needs: an action on a resource, with the call's condition values. */
export interface Need {
  /** As policies write it, such as `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` for actions without a resource. */
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
