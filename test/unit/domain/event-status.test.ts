import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../../lambdas/domain/delivery';
import { eventStatus } from '../../../lambdas/domain/event-status';

const status = fc.constantFrom(...DELIVERY_STATUSES);
const ended: DeliveryStatus[] = ['delivered', 'failed', 'schema_failed', 'partial'];

describe('the status of an event', () => {
  it('is pending before it was routed, and no_routes when nothing matched it', () => {
    expect(eventStatus(false, [])).toBe('pending');
    expect(eventStatus(true, [])).toBe('no_routes');
  });

  it.each([
    [['delivered'], 'delivered'],
    [['delivered', 'delivered'], 'delivered'],
    [['failed'], 'failed'],
    [['failed', 'schema_failed'], 'failed'],
    [['delivered', 'failed'], 'partial'],
    [['delivered', 'schema_failed'], 'partial'],
    [['partial'], 'partial'],
    [['partial', 'failed'], 'partial'],
    [['delivered', 'pending'], 'pending'],
    [['failed', 'retrying'], 'pending'],
    [['delivered', 'sent'], 'pending'],
    [['failed', 'circuit_open'], 'pending'],
  ] as [DeliveryStatus[], string][])('of deliveries %j is %s', (deliveries, expected) => {
    expect(eventStatus(false, deliveries)).toBe(expected);
  });

  it('is pending exactly while one of its deliveries has not ended', () => {
    fc.assert(
      fc.property(fc.array(status, { minLength: 1 }), (deliveries) => {
        const open = deliveries.some((one) => !ended.includes(one));
        expect(eventStatus(false, deliveries) === 'pending').toBe(open);
      }),
    );
  });

  it('does not depend on the order of its deliveries', () => {
    fc.assert(
      fc.property(fc.array(status, { minLength: 1 }), (deliveries) => {
        expect(eventStatus(false, [...deliveries].reverse())).toBe(eventStatus(false, deliveries));
      }),
    );
  });
});
