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

const withId = z.looseObject({ id: z.string() });
const list = z.array(withId);
const eventList = z.object({
  events: list,
  pagination: z.object({ total: z.number(), has_more: z.boolean(), next_cursor: z.string().nullable() }),
});

describe('the published Hookstream program, unmodified', () => {
  test('whoami says with which key it speaks', async () => {
    const { tenant, cli } = await someone();
    await tenant.createSource();
    const shown = await cli.json(z.object({ source_count: z.number(), api_key_prefix: z.string() }), 'whoami');
    expect(shown).toEqual({ source_count: 1, api_key_prefix: `${tenant.key.slice(0, 16)}...` });
    expect(await cli.text('whoami')).toContain(world().stack.apiUrl);
  });

  test('sources are made, listed, shown and deleted', async () => {
    const { tenant, cli } = await someone();
    const made = await cli.json(withId, 'sources', 'create', 'Git Hub!', '--template', 'github');
    expect(made).toMatchObject({ name: 'Git Hub!', slug: 'git-hub', template: 'github', env_id: tenant.environment });
    expect(await cli.text('sources', 'create', 'Shop')).toContain('/v1/ingest/src_');
    expect(await cli.json(list, 'sources', 'list', '--status', 'active')).toHaveLength(2);
    expect(await cli.json(list, 'sources', 'list', '--status', 'disabled')).toHaveLength(0);
    expect(await cli.text('sources', 'list')).toContain('git-hub');
    expect(await cli.json(withId, 'sources', 'get', made.id)).toMatchObject({ id: made.id, name: 'Git Hub!' });
    expect(await cli.text('sources', 'get', made.id)).toContain('disabled');
    expect(await cli.text('sources', 'delete', '--force', made.id)).toContain('deleted');
    expect((await cli.run('sources', 'get', made.id)).stderr).toContain(`Source with ID ${made.id} not found`);
    expect(await cli.json(list, 'sources', 'list')).toHaveLength(1);
  });

  test('templates of sources are listed', async () => {
    const { cli } = await someone();
    const templates = await cli.json(list, 'sources', 'templates');
    expect(templates.map(({ id }) => id)).toContain('github');
    expect(await cli.text('sources', 'templates')).toContain('Standard Web');
  });

  test('destinations are made, listed, shown and deleted', async () => {
    const { cli } = await someone();
    const create = ['destinations', 'create', 'Warehouse', '--url', 'http://127.0.0.1:9/', '--header', 'X-Team: a:b'];
    const made = await cli.json(withId, ...create);
    expect(made).toMatchObject({ timeout_ms: 30_000, method: 'POST', auth_type: 'none', headers: { 'x-team': 'a:b' } });
    expect(made.signing_secret).toMatch(/^whsec_/);
    expect(await cli.json(list, 'destinations', 'list', '--status', 'active', '--type', 'http')).toHaveLength(1);
    expect(await cli.json(list, 'destinations', 'list', '--type', 'aws_sqs')).toHaveLength(0);
    expect(await cli.text('destinations', 'list')).toContain('Warehouse');
    expect(await cli.text('destinations', 'get', made.id)).toContain('http://127.0.0.1:9/');
    expect(await cli.json(z.unknown(), 'destinations', 'delete', '-f', made.id)).toMatchObject({ success: true });
    expect(await cli.json(list, 'destinations', 'list')).toHaveLength(0);
    expect((await cli.run('destinations', 'create', 'Bad', '--url', 'nowhere')).stderr).toContain('url: must be');
  });

  test('the circuit of a destination is shown, and a reset closes it', async () => {
    const { tenant, cli } = await someone();
    const { id } = await tenant.createDestination('http://127.0.0.1:9/');
    const circuit = z.object({ circuit_state: z.string(), failure_count: z.number(), pending_retries: z.number() });
    expect(await cli.json(circuit, 'destinations', 'circuit', id)).toMatchObject({ circuit_state: 'closed' });
    await tenant.pause(id);
    expect(await cli.json(circuit, 'destinations', 'circuit', id)).toMatchObject({ circuit_state: 'open' });
    expect(await cli.text('destinations', 'circuit', id)).toContain('open');
    expect(await cli.json(circuit, 'destinations', 'circuit-reset', id)).toMatchObject({ circuit_state: 'closed' });
    expect(await cli.json(withId, 'destinations', 'get', id)).toMatchObject({ status: 'active' });
  });

  test('connections are made with filters, listed by what they join, shown and deleted', async () => {
    const { tenant, cli } = await someone();
    const source = await tenant.createSource({ name: 'Shop' });
    const { id: destination } = await tenant.createDestination('http://127.0.0.1:9/', { name: 'Warehouse' });
    const everything = await tenant.connect(destination, { name: 'Everything', enabled: false });
    const joins = ['--source', source, '--destination', destination];
    const filter = JSON.stringify([{ field: 'body.total', operator: 'gt', value: 10 }]);
    const made = await cli.json(withId, 'connections', 'create', 'Big orders', ...joins, '--filter', filter);
    expect(made).toMatchObject({ source_name: 'Shop', destination_name: 'Warehouse', filter_rules: filter });
    expect(await cli.text('connections', 'list')).toContain('Shop → Warehouse');
    expect(await cli.text('connections', 'list')).toContain('(every source)');
    for (const [option, value, found] of [
      ['--source', source, 1],
      ['--destination', destination, 2],
      ['--destination', 'dst_none', 0],
      ['--status', 'disabled', 1],
      ['--status', 'active', 1],
    ] as const) {
      expect(await cli.json(list, 'connections', 'list', option, value)).toHaveLength(found);
    }
    expect(await cli.text('connections', 'get', made.id)).toContain('body.total');
    expect(await cli.json(withId, 'connections', 'get', everything)).toMatchObject({ source_id: null });
    expect(await cli.text('connections', 'get', everything)).toContain('(every source)');
    expect(await cli.text('connections', 'delete', '--force', made.id)).toContain('deleted');
    expect(await cli.json(list, 'connections', 'list')).toHaveLength(1);
  });

  test('test sends an event to a source, and events shows and lists it', async () => {
    const { tenant, cli } = await someone();
    const source = await tenant.createSource({ name: 'Shop' });
    await tenant.publish();
    const sent = z.object({ event_id: z.string(), event: withId });
    const payload = ['--payload', '{"total": 12.50}', '-H', 'X-Shop: main'];
    const { event_id: id, event } = await cli.json(sent, 'test', source, ...payload);
    expect(event).toMatchObject({ id, verification_status: 'skipped', dedup_status: 'unique' });
    expect(await cli.text('test', source)).toContain('skipped');
    expect(await cli.json(withId, 'events', 'get', id)).toMatchObject({ payload: '{"total": 12.50}', method: 'POST' });
    const text = await cli.text('events', 'get', id);
    for (const part of ['Shop', 'x-shop', 'main', '"total": 12.5']) expect(text).toContain(part);
    const all = await cli.json(eventList, 'events', 'list', '--limit', '2');
    expect(all).toMatchObject({ events: [{}, {}], pagination: { total: 3, has_more: true } });
    const rest = await cli.json(eventList, 'events', 'list', '--cursor', all.pagination.next_cursor ?? '');
    expect(rest.events).toHaveLength(1);
    for (const [option, value, found] of [
      ['--source', source, 2],
      ['--method', 'get', 0],
      ['--method', 'post', 3],
      ['--verification', 'skipped', 3],
      ['--verification', 'failed', 0],
      ['--status', 'delivered', 0],
    ] as const) {
      expect((await cli.json(eventList, 'events', 'list', option, value)).events).toHaveLength(found);
    }
    expect(await cli.text('events', 'list')).toContain('(no source)');
  });

  test('events replay sends the stored payload to any address', async () => {
    const { tenant, cli } = await someone();
    const receiver = await world().receiver(answer(202, {}, 'thanks'));
    const source = await tenant.createSource();
    const { event_id: id } = await cli.json(
      z.object({ event_id: z.string() }),
      'test',
      source,
      '--payload',
      '{"a": 1}',
    );
    const shown = await cli.json(z.unknown(), 'events', 'replay', id, '--to', receiver.url);
    expect(shown).toMatchObject({ event_id: id, status: 202 });
    expect(receiver.requests[0]?.body.toString('utf8')).toBe('{"a": 1}');
    expect(receiver.requests[0]?.headers['content-type']).toBe('application/json');
  });

  test('events retry delivers again what failed', async () => {
    const { tenant, cli } = await someone();
    const receiver = await world().receiver(answer(500));
    await tenant.routeTo(receiver.url);
    const id = await tenant.publish();
    await tenant.reached(id, 'failed');
    receiver.behave(answer(200));
    expect(await cli.json(z.unknown(), 'events', 'retry', id)).toEqual({ event_id: id, retried: 1 });
    await tenant.reached(id, 'delivered');
    expect(await cli.text('events', 'retry', id)).toContain('Retried 0 delivery attempt(s)');
  });

  test('a refusal is printed as the sentence that the API answers', async () => {
    const { tenant } = await someone();
    const { secret } = await world().key({ ...tenant.names, scopes: ['read'] });
    const reader = cliWith(secret);
    const refused = await reader.run('sources', 'create', 'Shop');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('lacks the scope write') });
    const stranger = cliWith('phk_unknown');
    const unknown = await eventually('an answer', () => stranger.run('sources', 'list'));
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('The API key is not valid') });
  });
});
