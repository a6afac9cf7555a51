import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { eventually } from './support/eventually';
import { useHookstreamCli } from './support/hookstream-cli';
import { answer } from './support/receiver';
import { useWorld } from './support/world';

const world = useWorld();
const cliWith = useHookstreamCli(world);

async function someone() {
  const tenant = await world().tenant();
  return { tenant, cli: cliWith(tenant.key) };
}

const attempt = z.looseObject({
  id: z.string(),
  event_id: z.string(),
  status: z.string(),
  destination_id: z.string(),
  connection_id: z.string(),
});
const attemptList = z.object({
  delivery_attempts: z.array(attempt),
  pagination: z.looseObject({ total: z.number(), has_more: z.boolean() }),
});

describe('the published Hookstream program, unmodified, on deliveries and metrics', () => {
  test('deliveries are listed by event, connection, destination and status', async () => {
    const { tenant, cli } = await someone();
    const [good, bad] = [await world().receiver(), await world().receiver(answer(500, {}, 'broken'))];
    const one = await tenant.routeTo(good.url, { destination: { name: 'Good place' } });
    const other = await tenant.routeTo(bad.url, { destination: { name: 'Bad place' } });
    const event = await tenant.publish();
    await eventually('both outcomes', async () => (await tenant.eventStatus(event)) === 'partial');
    for (const [options, found] of [
      [[], 2],
      [['--event', event], 2],
      [['--connection', one.connectionId], 1],
      [['--destination', other.destinationId], 1],
      [['--status', 'success'], 1],
      [['--status', 'failed'], 1],
      [['--dlq'], 1],
      [['--limit', '1'], 1],
    ] as const) {
      expect((await cli.json(attemptList, 'deliveries', 'list', ...options)).delivery_attempts).toHaveLength(found);
    }
    const text = await cli.text('deliveries', 'list');
    for (const part of ['Good place', 'Bad place', '500', '#1']) expect(text).toContain(part);
    const dead = await cli.json(attemptList, 'deliveries', 'dlq', '--destination', other.destinationId);
    expect(dead.delivery_attempts).toHaveLength(1);
    expect(await cli.text('deliveries', 'dlq')).toContain('Bad place');
    const [{ id } = { id: '' }] = dead.delivery_attempts;
    expect(await cli.json(attempt, 'deliveries', 'get', id)).toMatchObject({ id, event_id: event, status: 'failed' });
    const shown = await cli.text('deliveries', 'get', id);
    for (const part of ['POST', bad.url, '500', 'Yes', 'broken']) expect(shown).toContain(part);
  });

  test('deliveries retry makes a new attempt, and refuses one that was delivered', async () => {
    const { tenant, cli } = await someone();
    const receiver = await world().receiver(answer(500));
    await tenant.routeTo(receiver.url);
    const event = await tenant.publish();
    await tenant.reached(event, 'failed');
    receiver.behave(answer(200));
    const [{ id } = { id: '' }] = (await cli.json(attemptList, 'deliveries', 'list')).delivery_attempts;
    const retried = await cli.json(z.looseObject({ delivery_attempt: attempt }), 'deliveries', 'retry', id);
    expect(retried.delivery_attempt).toMatchObject({ event_id: event, status: 'pending' });
    expect(retried.delivery_attempt.id).not.toBe(id);
    await tenant.reached(event, 'delivered');
    expect((await cli.run('deliveries', 'retry', id)).code).toBe(1);
  });

  test('an empty dead-letter list says so', async () => {
    const { cli } = await someone();
    expect(await cli.text('deliveries', 'dlq')).toContain('No items in the dead-letter queue.');
  });

  test('metrics overview counts events, deliveries, sources and destinations', async () => {
    const { tenant, cli } = await someone();
    const receiver = await world().receiver();
    const source = await tenant.createSource();
    await tenant.routeTo(receiver.url);
    await tenant.reached(await tenant.publish({ source_id: source }), 'delivered');
    const figures = { events_today: 1, events_this_week: 1, active_sources: 1, active_destinations: 1 };
    await eventually('the figures', async () => {
      const shown = await cli.json(z.looseObject({}), 'metrics', 'overview');
      expect(shown).toMatchObject({ ...figures, deliveries_today: 1, success_rate_today: 100, dlq_count: 0 });
      return true;
    });
    expect(await cli.text('metrics', 'overview')).toContain('100%');
  });

  test('metrics volume counts the events of a source over time', async () => {
    const { tenant, cli } = await someone();
    const source = await tenant.createSource({ name: 'Shop' });
    await tenant.publish({ source_id: source });
    const row = z.looseObject({ bucket: z.string(), source_id: z.string(), event_count: z.number() });
    const shape = z.looseObject({ granularity: z.string(), series: z.array(row) });
    await eventually('the figures', async () => {
      const { series } = await cli.json(shape, 'metrics', 'volume', '--source', source, '--granularity', 'day');
      expect(series).toMatchObject([{ source_id: source, event_count: 1 }]);
      return true;
    });
    expect(await cli.text('metrics', 'volume')).toContain('Shop');
  });
});
