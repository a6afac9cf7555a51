import type { DeliveryStory, Step } from './families';

/** A worker's claim on an attempt. Times are milliseconds since the epoch. */
export interface Claim {
  readonly id: string;
  readonly attempt: number;
  readonly from: number;
  /** How long it holds. */
  readonly until: number;
  /** When it was recorded or replaced; undefined when it stands for ever. */
  endedAt: number | undefined;
  /** Whether the attempt was recorded under it. */
  recorded: boolean;
  /** The claim that held when this one was made, if one did. */
  readonly overlaps: string | undefined;
}

/** The claims of a delivery, in the order in which they were made. */
export function claimsOf({ steps }: DeliveryStory): Claim[] {
  const claims: Claim[] = [];
  for (const step of steps) {
    end(claims, step);
    const made = begin(step);
    if (made !== undefined) claims.push(made);
  }
  return claims;
}

function end(claims: readonly Claim[], { before, after }: Step): void {
  if (before?.claimId === undefined || before.claimId === after?.claimId) return;
  const claim = claims.findLast(({ id }) => id === before.claimId);
  if (claim === undefined) return;
  claim.endedAt = after?.updatedAt;
  claim.recorded = after !== undefined && after.made === before.made + 1;
}

function begin({ before, after }: Step): Claim | undefined {
  if (after?.claimId === undefined || after.claimId === before?.claimId) return undefined;
  const held = before?.claimUntil !== undefined && before.claimUntil >= after.updatedAt;
  return {
    id: after.claimId,
    attempt: after.made + 1,
    from: after.updatedAt,
    until: after.claimUntil ?? after.updatedAt,
    endedAt: undefined,
    recorded: false,
    overlaps: held ? before.claimId : undefined,
  };
}
