import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { chunks } from '../lambdas/runtime/pools';
import type { Api } from './api';
import { typeOf } from './configure';
import type { Payload, Way } from './payloads';

/** A payload that was accepted. */
export interface Published extends Payload {
  /** `evt_…` */
  readonly id: string;
}

/** Events in one call of the batch endpoint. */
const BATCH_SIZE = 10;

/** Publishes all payloads, each in its way. */
export async function publishAll(api: Api, payloads: readonly Payload[], source: string): Promise<Published[]> {
  const going = (way: Way) => payloads.filter((payload) => payload.way === way);
  const accepted = await Promise.all([
    ...going('alone').map((payload) => publishOne(api, payload)),
    ...chunks(going('in a batch'), BATCH_SIZE).map((batch) => publishBatch(api, batch)),
    ...going('through a source').map((payload) => ingest(api, payload, source)),
  ]);
  return accepted.flat();
}

const event = z.object({ id: z.string() });

async function publishOne(api: Api, payload: Payload): Promise<Published> {
  const answer = await api.call(z.object({ event }), 'POST', '/v1/events', { content: envelope(payload) });
  return { ...payload, id: answer.event.id };
}

async function publishBatch(api: Api, batch: readonly Payload[]): Promise<Published[]> {
  const content = `{"events":[${batch.map(envelope).join(',')}]}`;
  const { events } = await api.call(z.object({ events: z.array(event) }), 'POST', '/v1/events/batch', { content });
  return batch.flatMap((payload, n) => events.slice(n, n + 1).map(({ id }) => ({ ...payload, id })));
}

/** Put together as text, so that the payload goes out in its own spelling. */
const envelope = ({ event, bytes }: Payload): string => `{"type":"${typeOf(event)}","payload":${bytes}}`;

async function ingest(api: Api, payload: Payload, source: string): Promise<Published> {
  const headers = {
    'content-type': payload.contentType,
    'x-github-event': payload.event,
    'x-github-delivery': randomUUID(),
  };
  const body = { content: payload.bytes, headers };
  const answer = await api.call(z.object({ event_id: z.string() }), 'POST', `/v1/ingest/${source}`, body);
  return { ...payload, id: answer.event_id };
}
