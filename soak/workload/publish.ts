import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Random } from '../../local/faults/random';
import { type Answer, type Api, isDone, isRefused } from './api';
import type { Plan, PublishCall } from './payloads';

/** What became of an event that was to be published. */
export interface Publication {
  readonly plan: Plan;
  /** How often a call with it was made. */
  calls: number;
  /** Identifiers of all answers with 202; more than one different would be a broken promise. */
  readonly accepted: string[];
  /** Answers that refuse it for good. */
  readonly refused: number[];
}

const one = z.object({ event: z.object({ id: z.string() }) });
const several = z.object({ events: z.array(z.object({ id: z.string() })) });
const ingested = z.object({ event_id: z.string() });

const REPEAT_PAUSE_MS = 300;

/** Publishes what is planned and keeps what came of it. */
export class Publisher {
  readonly publications = new Map<number, Publication>();

  constructor(
    private readonly api: Api,
    private readonly source: string,
  ) {}

  /**
   * Makes one call. With a key it is repeated until it is answered, and sometimes once more; without one a caller who hears
   * nothing cannot know, and does not repeat it.
   *
   * @param over says that the time for publishing is over
   */
  async publish(call: PublishCall, random: Random, over: () => boolean): Promise<void> {
    const [{ key }] = call;
    const again = random.chance(0.3);
    for (;;) {
      const answer = await this.send(call);
      const settled = isDone(answer) || isRefused(answer) || key === undefined;
      if (settled || over()) break;
      await sleep(REPEAT_PAUSE_MS);
    }
    if (key !== undefined && again) await this.send(call);
  }

  private async send(call: PublishCall): Promise<Answer> {
    const records = call.map((plan) => this.recordOf(plan));
    for (const record of records) record.calls += 1;
    const answer = await this.request(call);
    if (answer.status === 202) for (const [n, id] of idsOf(call, answer).entries()) records[n]?.accepted.push(id);
    else if (isRefused(answer)) for (const record of records) record.refused.push(answer.status ?? 0);
    return answer;
  }

  private recordOf(plan: Plan): Publication {
    const known = this.publications.get(plan.serial);
    const record = known ?? { plan, calls: 0, accepted: [], refused: [] };
    this.publications.set(plan.serial, record);
    return record;
  }

  private request(call: PublishCall): Promise<Answer> {
    const [first] = call;
    if (first.way === 'through a source') {
      const headers = { 'content-type': first.contentType };
      return this.api.call('POST', `/v1/ingest/${this.source}`, { content: first.bytes, headers });
    }
    const headers = first.key === undefined ? {} : { 'idempotency-key': first.key };
    const envelopes = call.map(({ type, bytes }) => `{"type":${JSON.stringify(type)},"payload":${bytes}}`);
    return first.way === 'alone'
      ? this.api.call('POST', '/v1/events', { content: envelopes.join(), headers })
      : this.api.call('POST', '/v1/events/batch', { content: `{"events":[${envelopes.join()}]}`, headers });
  }
}

function idsOf([first]: PublishCall, { json }: Answer): string[] {
  if (first.way === 'through a source') return [ingested.parse(json).event_id];
  if (first.way === 'alone') return [one.parse(json).event.id];
  return several.parse(json).events.map(({ id }) => id);
}
