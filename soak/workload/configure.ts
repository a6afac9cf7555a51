import * as z from 'zod';
import type { Receivers } from '../receivers/receivers';
import type { Role } from '../receivers/roles';
import { type Api, isDone } from './api';

/** A receiver as the stack knows it. */
export interface Target {
  readonly role: Role;
  /** `dst_…` */
  readonly destination: string;
  /** `con_…` */
  readonly connection: string;
}

const madeSource = z.object({ source: z.object({ id: z.string() }) });
const madeDestination = z.object({ destination: z.object({ id: z.string(), signing_secret: z.string() }) });
const madeConnection = z.object({ connection: z.object({ id: z.string() }) });

/** Three attempts, so that a round is over within seconds; pauses of more than a second take the Scheduler. */
const RETRIES = { max_attempts: 3, schedule: [0, 1] };

/** The shortest timeout that there is: a receiver that hangs holds a worker for so long. */
const TIMEOUT_MS = 1000;

async function make<Made extends z.ZodType>(
  api: Api,
  made: Made,
  path: string,
  body: unknown,
): Promise<z.output<Made>> {
  const answer = await api.post(path, body);
  if (!isDone(answer)) throw new Error(`POST ${path} was answered with ${answer.status}.`);
  return made.parse(answer.json);
}

export async function createSource(api: Api): Promise<string> {
  return (await make(api, madeSource, '/v1/sources', { name: 'soak' })).source.id;
}

const schemaOf = ({ takesMultiplesOf: multipleOf }: Role) =>
  multipleOf === undefined ? {} : { schema: { properties: { n: { multipleOf } } } };

/** Makes a destination and a connection for each role. The first role gets every event, the others those that name them. */
export async function configure(api: Api, receivers: Receivers, roles: readonly Role[]): Promise<Target[]> {
  const targets: Target[] = [];
  for (const role of roles) {
    const { destination } = await make(api, madeDestination, '/v1/destinations', {
      name: role.name,
      url: receivers.urlOf(role),
      timeout_ms: TIMEOUT_MS,
      retry_policy: role.retries ?? RETRIES,
      ...(role.rateLimit !== undefined && { rate_limit: role.rateLimit }),
      ...(role.mirrors && { mirror_urls: role.mirrors.map((mirror) => receivers.urlOf(mirror)) }),
    });
    receivers.expectSignaturesOf(role, destination.signing_secret);
    const filter_rules = targets.length === 0 ? [] : [{ field: 'body.to', operator: 'contains', value: role.name }];
    const body = { name: role.name, destination_id: destination.id, filter_rules, ...schemaOf(role) };
    const { connection } = await make(api, madeConnection, '/v1/connections', body);
    targets.push({ role, destination: destination.id, connection: connection.id });
  }
  return targets;
}
