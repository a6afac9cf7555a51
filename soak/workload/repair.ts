import type { Receivers } from '../receivers/receivers';
import type { ActionKind } from './actions';
import type { Target } from './configure';
import type { Operator } from './operator';

/** Repairs everything that an operator can repair: addresses, pauses, switches, schemas that were to be removed. Repeats each call until it is done. */
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

const MOST_TRIES = 20;

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
    if (status === 200) return;
    if (tries === MOST_TRIES) throw new Error(`${method} ${path} was answered with ${status}, again and again.`);
  }
}
