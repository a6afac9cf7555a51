import { describe, expect, it, vi } from 'vitest';
import { type BatchPorts, routeBatch } from '../../../lambdas/functions/route/route-batch';
import { recordOf } from '../aggregate/histories';

const event = {
  ...{ pk: 'EVT#0190f3a2b4c57abc8def0123', sk: 'EVT', org: 'org_1', env: 'env_1' },
  ...{ contentType: 'application/json', body: Buffer.from('{}'), createdAt: '2026-03-10T00:00:00.000Z' },
};

const portsWith = (overrides: Partial<BatchPorts>): BatchPorts => ({
  listConnections: async () => [],
  readDestination: async () => undefined,
  readDestinationNow: async () => undefined,
  putDelivery: async () => undefined,
  deliveriesOf: async () => [],
  markUnrouted: vi.fn(async () => {}),
  readEvent: async () => undefined,
  validatorFor: () => async () => undefined,
  refuseDelivery: async () => undefined,
  enqueueAll: async () => ({ refused: [], errors: [] }),
  restart: async () => ({ kind: 'done' }),
  now: () => 0,
  setAside: vi.fn(async () => {}),
  report: vi.fn(),
  ...overrides,
});

const sequenceOf = (record: ReturnType<typeof recordOf>) => record.dynamodb?.SequenceNumber;

describe('routing a batch', () => {
  it('sets a record aside that cannot be read, and routes the others', async () => {
    const ports = portsWith({});
    const bad = recordOf(undefined, { ...event, contentType: undefined });
    expect(await routeBatch(ports, [bad, recordOf(undefined, event)])).toEqual([]);
    expect(ports.setAside).toHaveBeenCalledExactlyOnceWith(bad, expect.any(Error));
    expect(ports.markUnrouted).toHaveBeenCalledExactlyOnceWith('0190f3a2b4c57abc8def0123');
  });

  it('sets a body aside that cannot be unpacked', async () => {
    const ports = portsWith({});
    const bad = recordOf(undefined, { ...event, br: Buffer.from('not brotli') });
    expect(await routeBatch(ports, [bad])).toEqual([]);
    expect(ports.setAside).toHaveBeenCalledOnce();
  });

  it('fails a record that cannot even be set aside, so that the stream keeps it', async () => {
    const setAside = async () => Promise.reject(new Error('SQS does not answer'));
    const bad = recordOf(undefined, { ...event, contentType: undefined });
    expect(await routeBatch(portsWith({ setAside }), [bad])).toEqual([sequenceOf(bad)]);
  });

  it('fails a record on an error of AWS and sets nothing aside', async () => {
    const ports = portsWith({ listConnections: async () => Promise.reject(new Error('DynamoDB does not answer')) });
    const record = recordOf(undefined, event);
    expect(await routeBatch(ports, [record])).toEqual([sequenceOf(record)]);
    expect(ports.setAside).not.toHaveBeenCalled();
  });
});
