import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { TRANSITIONS } from '../../domain/delivery';
import type { DeliveryMessage } from '../../domain/message';
import { deliveryKey } from '../table/addresses';
import { RETURN_OLD, writeIf } from '../table/conditions';
import type { Table } from '../table/table';
import { type Delivery, parseDelivery } from './delivery-items';

/** A request for a claim; times in milliseconds since the epoch. */
export interface ClaimRequest {
  readonly message: DeliveryMessage;
  readonly claimId: string;
  readonly now: number;
  readonly until: number;
}

export type ClaimAnswer =
  | { readonly kind: 'claimed'; readonly delivery: Delivery }
  | { readonly kind: 'refused'; readonly delivery: Delivery | undefined };

/**
 * The parameters of a claim. Its condition: the attempt was not made yet, and nobody holds an unexpired claim. It
 * returns the whole item, so the claim is also the read.
 */
export function claimParameters(table: string, { message, claimId, now, until }: ClaimRequest) {
  const [pending, retrying, sent] = TRANSITIONS.claim.from;
  return {
    TableName: table,
    Key: deliveryKey(message.base, message.ordinal),
    UpdateExpression:
      'SET #status = :sent, claimId = :claim, claimUntil = :until, claims = if_not_exists(claims, :zero) + :one, updatedAt = :now',
    ConditionExpression:
      'made = :before AND (#status IN (:pending, :retrying) OR (#status = :sent AND claimUntil < :now))',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':pending': pending,
      ':retrying': retrying,
      ':sent': sent,
      ':before': message.attempt - 1,
      ':claim': claimId,
      ':until': until,
      ':now': now,
      ':zero': 0,
      ':one': 1,
    },
    ReturnValues: 'ALL_NEW' as const,
    ...RETURN_OLD,
  };
}

/** Claims the attempt that a message asks for. A refusal returns the delivery as it is instead. */
export async function claim(table: Table, request: ClaimRequest): Promise<ClaimAnswer> {
  const { kind, item } = await writeIf(table, new UpdateCommand(claimParameters(table.name, request)));
  if (kind === 'done') return { kind: 'claimed', delivery: parseDelivery(item) };
  const delivery = item && parseDelivery(item);
  // The SDK repeats a write whose answer was lost: then the claim in the way is our own.
  if (delivery?.claimId === request.claimId) return { kind: 'claimed', delivery };
  return { kind: 'refused', delivery };
}
