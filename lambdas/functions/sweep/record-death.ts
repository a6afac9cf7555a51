import { randomUUID } from 'node:crypto';
import { triggerOf } from '../../domain/delivery';
import type { DeliveryMessage } from '../../domain/message';
import { claim } from '../../store/deliveries/claims';
import { type RecordSettings, recordAttempt } from '../../store/deliveries/outcomes';
import type { Table } from '../../store/table/table';

/** Covers the single write that follows; if the sweep crashes in between, a later run finds the claim expired. */
const CLAIM_MS = 30_000;

/**
 * Records a death that no worker could record: SQS moved the message of an attempt to the dead-letter queue before the
 * attempt was recorded. The delivery dies on this message, so a redrive of it starts a new round.
 *
 * @param now milliseconds since the epoch
 * @returns false if the delivery has moved on in the meantime
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
