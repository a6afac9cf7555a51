import { z } from 'zod';
import type { Api } from './api';

const destinationAnswer = z.object({ destination: z.object({ id: z.string() }) });

const AT_ONCE = 4;

/** Makes destinations and connects each to every source. Answers with their ids. */
export async function connect(api: Api, url: string, count = 1, destination: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += AT_ONCE) {
    const names = Array.from({ length: Math.min(AT_ONCE, count - made) }, (_, n) => `d-${made + n}`);
    ids.push(...(await Promise.all(names.map((name) => connectOne(api, url, name, destination)))));
  }
  return ids;
}

async function connectOne(api: Api, url: string, name: string, overrides: object): Promise<string> {
  const body = { name, url, ...overrides };
  const { destination } = destinationAnswer.parse(await api.post('/v1/destinations', body));
  await api.post('/v1/connections', { name, destination_id: destination.id });
  return destination.id;
}
