import { randomUUID } from 'node:crypto';
import { triggerOf } from '../../domain/delivery';
import type { DeliveryMessage } from '../../domain/message';
import { claim } from '../../store/deliveries/claims';
import { type RecordSettings, recordAttempt } from '../../store/deliveries/outcomes';
import type { Table } from '../../store/table/table';

/** The claim covers the one write that follows; if the sweep dies between the two, a later run finds it expired. */
const CLAIM_MS = 30_000;

/**
 * Records what no worker could: SQS has moved the message of an attempt to the dead-letter queue, and the attempt was never
 * recorded. The delivery dies by this message, so a redrive of it starts a fresh round.
 *
 * @param now milliseconds since the epoch
 * @returns false when somebody else has gone on with the delivery meanwhile
 */
export async function recordDeath(
  table: Table,
  message: DeliveryMessage & { readonly messageId: string },
  settings: RecordSettings,
  now: number,
): Promise<boolean> {
  const claimId = randomUUID();
  const answer = await claim(table, { message, claimId, now, until: now + CLAIM_MS });
  if (answer.kind === 'refused') return false;
  const { delivery } = answer;
  const { attempt: number, messageId, token } = message;
  const attempt = {
    number,
    trigger: triggerOf(delivery.cause, number - delivery.roundStart),
    startedAt: now,
    latencyMs: 0,
    errorCode: 'worker_failed' as const,
    errorMessage: 'The worker failed each time before it could record the attempt',
  };
  const outcome = { kind: 'dead' as const, messageId, token, pauseDestination: false };
  return recordAttempt(
    table,
    { delivery, claimId, attempt, maxAttempts: delivery.maxAttempts, outcome, now },
    settings,
  );
}
