import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { DEAD_STATUSES, DELIVERY_STATUSES, type DeliveryStatus } from '../../lambdas/domain/delivery';
import type { FaultRecord } from '../chaos/fault-log';
import type { Receivers } from '../receivers/receivers';
import type { ActionKind } from './actions';
import type { Api } from './api';
import type { Target } from './configure';
import type { Operator } from './operator';

/**
 * Repairs everything that an operator can repair: addresses, pauses, switches, schemas that were to be removed. Repeats
 * each call until it is done.
 */
export async function repairAll(operator: Operator, targets: readonly Target[], receivers: Receivers): Promise<void> {
  const kept = targets.filter(({ role }) => role.configured !== 'deleted');
  await Promise.all(kept.map((target) => repair(operator, target, receivers.urlOf(target.role))));
}

async function repair(operator: Operator, { role, destination, connection }: Target, url: string): Promise<void> {
  await insist(operator, 'move', destination, 'PATCH', `/v1/destinations/${destination}`, { url });
  await insist(operator, 'resume', destination, 'POST', `/v1/destinations/${destination}/resume`);
  if (role.configured === 'connection switched')
    await insist(operator, 'switch connection', connection, 'PATCH', `/v1/connections/${connection}`, {
      enabled: true,
    });
  if (role.configured === 'schema removed')
    await insist(operator, 'remove schema', connection, 'PATCH', `/v1/connections/${connection}`, { schema: null });
}

const shown = z.object({ status: z.enum(DELIVERY_STATUSES) });

/**
 * Retries what is dead and had a message that expired: it cannot be redriven, and the list of dead letters has more than the
 * queue. Over the API it can be retried for as long as it is stored.
 *
 * @returns whether there was any
 */
export async function retryExpired(operator: Operator, api: Api, faults: readonly FaultRecord[]): Promise<boolean> {
  const expired = faults.filter(({ kind }) => kind === 'message expired');
  let retried = false;
  for (const id of new Set(expired.flatMap(({ about }) => /dlv_[0-9a-f]{32}/.exec(about) ?? []))) {
    if (!DEAD_STATUSES.includes(await statusOf(api, id))) continue;
    await insist(operator, 'retry', id, 'POST', `/api/deliveries/${id}/retry`);
    retried = true;
  }
  return retried;
}

async function statusOf(api: Api, id: string): Promise<DeliveryStatus> {
  for (let tries = 1; ; tries += 1) {
    const { status, json } = await api.call('GET', `/api/deliveries/${id}`);
    if (status === 200) return shown.parse(json).status;
    if (tries === MOST_TRIES) throw new Error(`${id} was answered with ${status}, again and again.`);
    await sleep(PAUSE_MS);
  }
}

const MOST_TRIES = 20;
const PAUSE_MS = 500;

async function insist(
  operator: Operator,
  kind: ActionKind,
  about: string,
  method: string,
  path: string,
  body?: unknown,
) {
  for (let tries = 1; ; tries += 1) {
    const { status } = await operator.call(kind, [about], method, path, body);
    // A retry is refused with 409 once an earlier one has worked that was not answered.
    if (status === 200 || status === 409) return;
    if (tries === MOST_TRIES) throw new Error(`${method} ${path} was answered with ${status}, again and again.`);
    await sleep(PAUSE_MS);
  }
}
