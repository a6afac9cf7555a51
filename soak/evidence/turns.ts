import * as z from 'zod';
import { intervalMs } from '../../lambdas/domain/rate-limit';
import type { Change } from './changes';

const line = z.object({
  /** When the next turn is, milliseconds since the epoch. */
  free: z.number(),
});

/** A turn that was given in the line of a destination with a rate limit. */
export interface GivenTurn {
  /** `dst_…` */
  readonly destination: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** All turns in the order in which they were given: each write to a line gives one and moves on what is free. */
export function turnsOf(changes: readonly Change[]): GivenTurn[] {
  const lines = changes.filter(({ pk, sk }) => pk.startsWith('RATE#dst_') && sk.startsWith('RATE#'));
  return lines.flatMap(({ pk, sk, after }) => {
    if (after === undefined) return [];
    const interval = intervalMs(Number(sk.slice('RATE#'.length)));
    return [{ destination: pk.slice('RATE#'.length), at: line.parse(after).free - interval }];
  });
}
