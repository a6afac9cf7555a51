import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Random } from '../../local/faults/random';
import type { Receivers } from '../receivers/receivers';
import { PACE } from '../settings';
import type { Action, ActionKind } from './actions';
import type { Answer, Api } from './api';
import type { Target } from './configure';

export interface OperatorPorts {
  readonly api: Api;
  readonly targets: readonly Target[];
  readonly receivers: Receivers;
  readonly random: Random;
  /** Starts a redrive of the whole dead-letter queue, as the SQS console does; answers with an HTTP status. */
  redrive(): Promise<number | undefined>;
}

const rows = z.object({
  data: z.array(z.object({ id: z.string(), eventId: z.string().optional(), destinationId: z.string().optional() })),
});
type Row = z.output<typeof rows>['data'][number];

const started = z.object({ recovery: z.object({ id: z.string() }) });

/** Done once in a run, or after something else. */
type Following = 'delete destination' | 'remove schema' | 'cancel recovery';

/** How often an operator looks at which deliveries that ended badly, in shares. */
const BADLY = { failed: 4, partial: 2, schema_failed: 1 } as const;

/** How often each thing is done, in shares. */
const WEIGHTS: Readonly<Record<Exclude<ActionKind, Following>, number>> = {
  retry: 6,
  'bulk replay': 4,
  'replay item': 3,
  requeue: 5,
  'delete dead letter': 3,
  redrive: 2,
  'retry event': 3,
  recover: 4,
  pause: 2,
  resume: 4,
  move: 2,
  'switch connection': 2,
};

/** Somebody who looks at lists and acts on what is there, through the public API. */
export class Operator {
  readonly actions: Action[] = [];

  constructor(private readonly ports: OperatorPorts) {}

  /** Does one thing, unless there is nothing to do it to. */
  async act(): Promise<void> {
    await this.doOne(this.ports.random.weighted(WEIGHTS));
  }

  /** Deletes the destinations that are to be deleted in the middle of the run. */
  async deleteDestinations(): Promise<void> {
    for (const { destination } of this.configured('deleted'))
      await this.call('delete destination', [destination], 'DELETE', `/v1/destinations/${destination}`);
  }

  /** Removes the schemas that are to be removed in the middle of the run. */
  async removeSchemas(): Promise<void> {
    for (const { connection } of this.configured('schema removed')) {
      const body = { schema: null };
      await this.call('remove schema', [connection], 'PATCH', `/v1/connections/${connection}`, body);
    }
  }

  private async doOne(kind: keyof typeof WEIGHTS): Promise<void> {
    const { random } = this.ports;
    switch (kind) {
      case 'retry':
        return this.toOne(kind, random.weighted(BADLY), ({ id }) => `/api/deliveries/${id}/retry`);
      case 'bulk replay':
        return this.bulkReplay();
      case 'replay item':
        return this.toOne(
          kind,
          random.pick(['failed', 'partial', 'schema_failed', 'delivered', 'retrying']),
          ({ id }) => {
            return `/v1/delivery/items/${uuidOfFirstAttempt(id)}/replay`;
          },
        );
      case 'requeue':
        return this.toLetter(kind, 'POST', (id) => `/api/deliveries/dead-letter/${id}/requeue`);
      case 'delete dead letter':
        return this.toLetter(kind, 'DELETE', (id) => `/api/deliveries/dead-letter/${id}`);
      case 'redrive':
        return this.note(kind, [], () => this.ports.redrive());
      case 'retry event':
        return this.retryEvent();
      case 'recover':
        return this.recover();
      case 'pause':
      case 'resume':
        return this.toDestination(kind, 'paused and resumed', kind);
      case 'move':
        return this.move();
      case 'switch connection':
        return this.switchConnection();
      default:
        return kind satisfies never;
    }
  }

  private configured(how: Target['role']['configured']): Target[] {
    return this.ports.targets.filter(({ role }) => role.configured === how);
  }

  private async deliveries(status: string): Promise<Row[]> {
    return this.read(`/api/deliveries?status=${status}&pageSize=50`);
  }

  /** Looks at a list again and again while calls are throttled; nothing is in it when that does not help. */
  private async read(path: string): Promise<Row[]> {
    for (let look = 0; look < PACE.looks; look += 1) {
      const { status, json } = await this.ports.api.call('GET', path);
      if (status === 200) return rows.parse(json).data;
      await sleep(PACE.lookAgainAfter);
    }
    return [];
  }

  private async toOne(kind: ActionKind, status: string, path: (row: Row) => string): Promise<void> {
    const row = this.ports.random.pickAny(await this.deliveries(status));
    if (row !== undefined) await this.call(kind, [row.id], 'POST', path(row));
  }

  private async bulkReplay(): Promise<void> {
    const { random } = this.ports;
    const failed = random.shuffled(await this.deliveries(random.weighted(BADLY))).slice(0, 5);
    const deliveryIds = failed.map(({ id }) => id);
    if (failed.length > 0)
      await this.call('bulk replay', deliveryIds, 'POST', '/api/deliveries/bulk-replay', { deliveryIds });
  }

  private async toLetter(kind: ActionKind, method: string, path: (id: string) => string): Promise<void> {
    const letters = await this.read('/api/deliveries/dead-letter?pageSize=50');
    const letter = this.ports.random.pickAny(letters);
    if (letter !== undefined) await this.call(kind, [letter.id], method, path(letter.id));
  }

  private async retryEvent(): Promise<void> {
    const row = this.ports.random.pickAny(await this.deliveries(this.ports.random.weighted(BADLY)));
    if (row?.eventId !== undefined)
      await this.call('retry event', [row.eventId], 'POST', `/v1/events/${row.eventId}/retry`);
  }

  private async recover(): Promise<void> {
    const failed = this.ports.random.pickAny(await this.deliveries(this.ports.random.pick(['failed', 'partial'])));
    if (failed?.destinationId === undefined) return;
    const body = { destination_id: failed.destinationId, from: new Date(Date.now() - 3_600_000).toISOString() };
    const { status, json } = await this.call('recover', [failed.destinationId], 'POST', '/v1/recoveries', body);
    if (status !== 202 || this.ports.random.chance(0.5)) return;
    const { id } = started.parse(json).recovery;
    await sleep(this.ports.random.between(...PACE.cancelAfter));
    await this.call('cancel recovery', [id], 'POST', `/v1/recoveries/${id}/cancel`);
  }

  private async toDestination(kind: ActionKind, how: Target['role']['configured'], verb: string): Promise<void> {
    const target = this.ports.random.pickAny(this.configured(how));
    if (target !== undefined)
      await this.call(kind, [target.destination], 'POST', `/v1/destinations/${target.destination}/${verb}`);
  }

  private async move(): Promise<void> {
    const target = this.ports.random.pickAny(this.configured('moved'));
    if (target === undefined) return;
    const url = this.ports.receivers.urlOf(target.role, `/${this.ports.random.between(1, 1000)}`);
    await this.call('move', [target.destination], 'PATCH', `/v1/destinations/${target.destination}`, { url });
  }

  private async switchConnection(): Promise<void> {
    const target = this.ports.random.pickAny(this.configured('connection switched'));
    if (target === undefined) return;
    const body = { enabled: this.ports.random.chance(0.5) };
    await this.call('switch connection', [target.connection], 'PATCH', `/v1/connections/${target.connection}`, body);
  }

  /** Makes a call and keeps what came of it. */
  async call(kind: ActionKind, about: readonly string[], method: string, path: string, body?: unknown) {
    const content = body === undefined ? undefined : { content: JSON.stringify(body) };
    let answer: Answer = { status: undefined, json: undefined };
    await this.note(kind, about, async () => {
      answer = await this.ports.api.call(method, path, content);
      return answer.status;
    });
    return answer;
  }

  private async note(
    kind: ActionKind,
    about: readonly string[],
    make: () => Promise<number | undefined>,
  ): Promise<void> {
    const from = Date.now();
    const status = await make();
    this.actions.push({ kind, about, from, until: Date.now(), status });
  }
}

/** The surface of delivery items names an attempt by its UUID. */
function uuidOfFirstAttempt(deliveryId: string): string {
  const hex = `${deliveryId.slice('dlv_'.length, -4)}0001`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
