import { describe, expect, it } from 'vitest';
import { readReading } from '../../../lambdas/functions/aggregate/readings';
import { compactDelivery, compactEvent, expandDelivery, expandEvent } from '../../../lambdas/store/table/compact-items';

const whole = {
  pk: 'EVT#0190f3a2b4c57abc8def0123',
  sk: 'EVT',
  org: 'org_1',
  env: 'env_1',
  type: 'order.created',
  contentType: 'application/json',
  body: Buffer.from('{}'),
  createdAt: '2026-03-10T00:00:00.000Z',
  tlPk: 'ENV#env_1#EVT#3',
  tlSk: '2026-03-10T00:00:00.000Z#0190f3a2b4c57abc8def012300000000',
};

describe("what an event's item leaves out", () => {
  it('is its environment, its time and the content type that nearly all have', () => {
    const left = compactEvent(whole);
    expect(Object.keys(whole).filter((name) => !(name in left))).toEqual(['env', 'contentType', 'createdAt']);
  });

  it('is found again when the item is read', () => {
    expect(expandEvent(compactEvent(whole))).toEqual(whole);
  });

  it('is not the content type where it is another one', () => {
    const text = { ...whole, contentType: 'text/plain' };
    expect(compactEvent(text)).toHaveProperty('contentType', 'text/plain');
    expect(expandEvent(compactEvent(text))).toEqual(text);
  });

  it('is not missed where it is there: items may be written in full', () => {
    const item = { ...whole, env: 'env_2', createdAt: '2026-03-09T00:00:00.000Z' };
    expect(expandEvent(item)).toEqual(item);
  });

  it('is found by the counters as well', () => {
    const { env: _, createdAt: __, contentType: ___, body: ____, ...lean } = whole;
    const image = Object.fromEntries(Object.entries(lean).map(([name, value]) => [name, { S: value }]));
    const Keys = { pk: { S: whole.pk }, sk: { S: whole.sk } };
    expect(readReading({ eventName: 'INSERT', dynamodb: { Keys, NewImage: image } })).toMatchObject({
      kind: 'event',
      event: { env: 'env_1', createdAt: whole.createdAt },
    });
  });
});

describe("what a delivery's item leaves out", () => {
  const delivery = {
    pk: whole.pk,
    sk: 'DLV#0001',
    org: 'org_1',
    env: 'env_1',
    con: 'con_1',
    dst: 'dst_1',
    status: 'pending',
    createdAt: whole.createdAt,
    tlPk: 'ENV#env_1#DLV#3',
    tlSk: whole.tlSk,
    dstPk: 'DST#dst_1#DLV',
    dstSk: whole.tlSk,
  };

  it('is its environment, its destination and its time', () => {
    const left = compactDelivery(delivery);
    expect(Object.keys(delivery).filter((name) => !(name in left))).toEqual(['env', 'dst', 'createdAt']);
  });

  it('is found again when the item is read', () => {
    expect(expandDelivery(compactDelivery(delivery))).toEqual(delivery);
  });

  it('is not missed where it is there: items may be written in full', () => {
    const item = { ...delivery, env: 'env_2', dst: 'dst_2', createdAt: '2026-03-09T00:00:00.000Z' };
    expect(expandDelivery(item)).toEqual(item);
  });

  it('is found by the counters as well', () => {
    const image = Object.fromEntries(
      Object.entries(compactDelivery(delivery)).map(([name, value]) => [name, { S: value }]),
    );
    const Keys = { pk: { S: delivery.pk }, sk: { S: delivery.sk } };
    expect(readReading({ eventName: 'INSERT', dynamodb: { Keys, NewImage: image } })).toMatchObject({
      kind: 'delivery',
      after: { env: 'env_1', dst: 'dst_1', createdAt: whole.createdAt },
    });
  });
});
