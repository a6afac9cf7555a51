import { z } from 'zod';
import type { Api } from './api';
import type { Receiver } from './receiver';
import type { Role } from './roles';

/** The demo's source: what comes in there carries GitHub's own headers. */
export async function createSource(api: Api): Promise<string> {
  const answer = z.object({ source: z.object({ id: z.string() }) });
  return (await api.post(answer, '/v1/sources', { name: 'GitHub' })).source.id;
}

const made = z.object({ destination: z.object({ id: z.string(), signing_secret: z.string() }) });

/** Makes the destination that a receiver is behind, tells the receiver the signing secret, and connects it. */
export async function createDestination(api: Api, receiver: Receiver, url: string, source: string): Promise<void> {
  const { role } = receiver;
  const { destination } = await api.post(made, '/v1/destinations', {
    name: role.name,
    url,
    timeout_ms: role.timeoutMs,
    retry_policy: { max_attempts: role.maxAttempts, schedule: [1] },
  });
  receiver.expectSignaturesOf(destination.signing_secret);
  for (const connection of connectionsOf(role, source))
    await api.post(z.unknown(), '/v1/connections', { ...connection, destination_id: destination.id });
}

/**
 * A published event is told by its type, an ingested one by the header that GitHub sends. An event meets one of the two
 * rules at most, so no destination gets it twice.
 */
function connectionsOf({ name, wish }: Role, source: string) {
  if (wish.operator === 'all') return [{ name: `everything to ${name}` }];
  const { operator, value } = wish;
  const types = typeof value === 'string' ? typeOf(value) : value.map(typeOf);
  return [
    { name: `published to ${name}`, filter_rules: [{ field: 'type', operator, value: types }] },
    {
      name: `ingested to ${name}`,
      source_id: source,
      filter_rules: [{ field: 'headers.x-github-event', operator, value }],
    },
  ];
}

/** The type under which a GitHub event is published. */
export const typeOf = (event: string): string => `github.${event}`;
