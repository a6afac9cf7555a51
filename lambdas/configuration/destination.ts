import * as z from 'zod/mini';
import { once } from '../runtime/once';
import { eventCount, lastDeliveryAt, NO_ACTIVITY } from './activity';
import { auth, missingCredentials } from './authentication';
import { circuit } from './circuit';
import { changeBody, createBody, type ItemOf, itemSchema, readChange, write } from './derived';
import { headers } from './headers';
import {
  InvalidMember,
  internal,
  type Members,
  member,
  nullableScalar,
  preset,
  scalar,
  shown,
  type UrlCheck,
} from './members';
import { name, slug } from './names';
import { retryPolicy } from './retry-policy';
import { mirrorProblem, mirrorUrls, url } from './targets';

const STATUSES = ['active', 'paused'] as const;

/** Members of a destination. */
export const destinationMembers = {
  name,
  slug,
  type: {
    body: () => ({ type: preset(z.literal('http'), 'http') }),
    ...shown(
      () => ({ type: z.literal('http') }),
      () => ({ type: 'http' as const }),
    ),
  },
  url,
  mirrorUrls,
  method: scalar('method', { input: () => z.enum(['POST', 'PUT', 'PATCH']), preset: 'POST' }),
  headers,
  auth,
  timeoutMs: scalar('timeout_ms', {
    input: () => z.int().check(z.minimum(1000), z.maximum(30_000)),
    kept: () => z.int(),
    preset: 15_000,
  }),
  retryPolicy,
  /**
   * Absent: as fast as they come. One item of the table orders all deliveries of a destination, and takes a thousand writes
   * a second; a limit below one in a thousand seconds is a pause.
   */
  rateLimit: nullableScalar('rate_limit', {
    input: () => z.number().check(z.minimum(0.001), z.maximum(1000)),
    kept: () => z.number().check(z.positive()),
    answer: () => z.number(),
    description: 'Requests a second',
  }),
  /** Set here for new destinations only: later changes pause or resume, which sets more than this. */
  status: member({
    body: () => ({ status: preset(z.enum(STATUSES), 'active') }),
    kept: () => z.enum(STATUSES),
    read: ({ status }, before) => (before === undefined ? status : undefined),
    answer: () => ({ status: z.enum(STATUSES) }),
    write: (status) => ({ status }),
  }),
  /** `gone` when a 410 paused it, `operator` when a call did. */
  pausedBecause: internal(() => z.optional(z.enum(['gone', 'operator']))),
  /** ISO 8601; only while paused. */
  pausedAt: internal(() => z.optional(z.string())),
  /** When it was resumed or its circuit closed: parked deliveries wait for the sweep since; epoch milliseconds. */
  drainingSince: internal(() => z.optional(z.number())),
  /** Failed attempts in a row. Approximate while the circuit is closed: other workers may have counted more. */
  failures: internal(() => z.optional(z.int())),
  circuit,
  /** `whsec_…`, the newest first. */
  signingSecrets: internal(() => z.readonly(z.array(z.string()).check(z.minLength(1)))),
  /** Earlier secrets that also sign until they end; some may already have ended. */
  retiringSecrets: internal(() => z.optional(z.readonly(z.array(z.object({ secret: z.string(), until: z.string() }))))),
  eventCount,
  lastDeliveryAt,
} satisfies Members;

/** Where deliveries go. */
export type Destination = ItemOf<typeof destinationMembers>;

const item = once(() => itemSchema(destinationMembers));

/** Reads a destination from its item. */
export const parseDestination = (stored: unknown): Destination => item().parse(stored);

/** Body of `POST /v1/destinations`. */
export const destinationBody = (urlProblem: UrlCheck) =>
  createBody(destinationMembers, urlProblem).check(
    z.superRefine((body, context) => {
      for (const issue of missingCredentials(body)) context.addIssue({ code: 'custom', ...issue });
      const message = mirrorProblem(body.url, body.mirror_urls ?? []);
      if (message) context.addIssue({ code: 'custom', path: ['mirror_urls'], message });
    }),
  );

/** Body of `PATCH /v1/destinations/{id}`. */
export const destinationChange = (urlProblem: UrlCheck) => changeBody(destinationMembers, urlProblem);

/**
 * What a PATCH changes in a destination, apart from its status.
 *
 * @param before as it is: a client that sends back what it was shown changes nothing
 * @param at when it is changed, ISO 8601
 * @throws InvalidMember when credentials are missing, or a target is named twice
 */
export function readDestinationChange(
  before: Destination,
  body: z.output<ReturnType<typeof destinationChange>>,
  at: string,
) {
  const mirrors = body.mirror_urls === undefined ? before.mirrorUrls : body.mirror_urls;
  const problem = mirrorProblem(body.url ?? before.url, mirrors ?? []);
  if (problem) throw new InvalidMember('mirror_urls', problem);
  return readChange(destinationMembers, body, before, at);
}

/** A destination as callers see it: without its credentials and secrets. */
export const writeDestination = (destination: Destination, activity = NO_ACTIVITY) =>
  write(destinationMembers, { ...destination, activity });
