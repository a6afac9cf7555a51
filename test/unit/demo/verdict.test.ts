import { describe, expect, it } from 'vitest';
import type { DeliveryWithAttempts } from '../../../demo/api';
import type { Published } from '../../../demo/publish';
import type { Received } from '../../../demo/receiver';
import type { Role } from '../../../demo/roles';
import { type Evidence, judge } from '../../../demo/verdict';

const role = (overrides: Partial<Role>): Role => ({
  name: 'archive',
  story: '',
  wish: { operator: 'all' },
  behave: () => ({ status: 200 }),
  maxAttempts: 2,
  timeoutMs: 1000,
  ...overrides,
});

const published = (overrides: Partial<Published> = {}): Published => ({
  id: 'evt_1',
  event: 'push',
  way: 'alone',
  contentType: 'application/json',
  bytes: Buffer.from('{"a": 1}'),
  ...overrides,
});

const received = (overrides: Partial<Received> = {}): Received => ({
  destination: 'archive',
  event: 'evt_1',
  contentType: 'application/json',
  body: Buffer.from('{"a": 1}'),
  signatureProblem: undefined,
  answer: { status: 200 },
  ...overrides,
});

const delivery = (overrides: Partial<DeliveryWithAttempts> = {}): DeliveryWithAttempts => ({
  id: 'dlv_1',
  eventId: 'evt_1',
  status: 'delivered',
  attemptCount: 1,
  destination: { name: 'archive' },
  attempts: [{ attemptNumber: 1, statusCode: 200, error: null, latency: 1 }],
  ...overrides,
});

/** One payload, delivered at first try to one destination. */
const evidence = (overrides: Partial<Evidence> = {}): Evidence => ({
  roles: [role({})],
  published: [published()],
  received: [received()],
  deliveries: [delivery()],
  deadLetterDepth: 0,
  ...overrides,
});

const problemsOf = (overrides: Partial<Evidence>): string[] =>
  judge(evidence(overrides)).flatMap(({ problems }) => problems);

describe('the verdict of the demo', () => {
  it('finds nothing wrong when everything arrived as it was published', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it('finds nothing wrong with a failed delivery that is a dead letter', () => {
    const refused = received({ answer: { status: 500 } });
    expect(
      problemsOf({ received: [refused], deliveries: [delivery({ status: 'failed' })], deadLetterDepth: 1 }),
    ).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, string]>([
    ['one byte differs', { received: [received({ body: Buffer.from('{"a":1}') })] }, 'differs from what was published'],
    ['the content type differs', { received: [received({ contentType: 'text/plain' })] }, 'differs from what'],
    ['a signature is wrong', { received: [received({ signatureProblem: 'No matching signature' })] }, 'No matching'],
    ['a delivery is missing', { deliveries: [], received: [] }, 'no delivery to archive evt_1'],
    ['a delivery was made twice', { deliveries: [delivery(), delivery()] }, 'two deliveries to archive evt_1'],
    [
      'a destination gets what it does not want',
      { roles: [role({ wish: { operator: 'in', value: ['issues'] } })] },
      'an unexpected delivery to archive evt_1',
    ],
    ['a delivery is still under way', { deliveries: [delivery({ status: 'retrying' })] }, 'dlv_1 is retrying'],
    [
      'a delivery counts as delivered that was not accepted',
      { received: [received({ answer: 'no answer' })] },
      'counts as delivered and was not accepted',
    ],
    [
      'an accepted one counts as failed',
      { deliveries: [delivery({ status: 'failed' })], deadLetterDepth: 1 },
      'does not',
    ],
    ['an attempt is not recorded', { received: [received(), received()] }, '1 attempts, 2 requests'],
    [
      'a dead letter is missing from the queue',
      { deliveries: [delivery({ status: 'failed' })] },
      '0 messages are there',
    ],
    ['a message is in the dead-letter queue too many', { deadLetterDepth: 1 }, '1 messages are there'],
  ])('says so when %s', (_, overrides, problem) => {
    expect(problemsOf(overrides).join('\n')).toContain(problem);
  });
});
