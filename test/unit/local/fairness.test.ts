import { describe, expect, it } from 'vitest';
import { Fairness } from '../../../local/sqs/fairness';
import { SqsStore } from '../../../local/sqs/fauxqs';

const message = (group?: string) => SqsStore.createMessage('{}', {}, undefined, group);
const messages = (count: number, group?: string) => Array.from({ length: count }, () => message(group));

/** The groups of waiting messages in the order in which a fair queue hands them out. */
function order(fairness: Fairness, waiting: readonly (string | undefined)[], inFlight = messages(0)) {
  const list = waiting.map((group) => message(group));
  fairness.arrange(list, inFlight, 0);
  return list.map(({ messageGroupId }) => messageGroupId ?? '-').join('');
}

describe('a fair queue', () => {
  it('hands out messages in the order of their arrival while no group takes more than its share', () => {
    expect(order(new Fairness(), ['a', 'b', 'a', undefined, 'c'])).toBe('aba-c');
    expect(order(new Fairness(), ['a', 'b'], messages(29, 'a'))).toBe('ab');
  });

  it('puts a group behind the others that has many messages in flight', () => {
    expect(order(new Fairness(), ['a', 'b', 'a', undefined, 'c'], messages(30, 'a'))).toBe('b-caa');
  });

  it('thinks nothing of many messages in flight that are few among all', () => {
    const inFlight = [...messages(30, 'a'), ...messages(300)];
    expect(order(new Fairness(), ['a', 'b'], inFlight)).toBe('ab');
  });

  it('puts a group behind the others whose messages took most of the time', () => {
    const fairness = new Fairness();
    fairness.spend('a', 950);
    fairness.spend('b', 50);
    expect(order(fairness, ['a', 'b', 'a'])).toBe('baa');
  });

  it('serves the noisy group first that has fewer messages in flight', () => {
    expect(order(new Fairness(), ['a', 'b', 'c'], [...messages(40, 'a'), ...messages(31, 'b')])).toBe('cba');
  });

  it('goes on to prefer the others until nothing of the noisy group waits', () => {
    const fairness = new Fairness();
    order(fairness, ['a', 'b'], messages(30, 'a'));
    expect(order(fairness, ['a', 'b'])).toBe('ba');
    order(fairness, ['b']);
    expect(order(fairness, ['a', 'b'])).toBe('ab');
  });

  it('forgives in time', () => {
    const fairness = new Fairness();
    fairness.arrange([], [], 0);
    fairness.spend('a', 950);
    fairness.arrange([], [], 3_600_000);
    fairness.spend('b', 10);
    const list = [message('a'), message('c')];
    fairness.arrange(list, [], 3_600_000);
    expect(list.map(({ messageGroupId }) => messageGroupId)).toEqual(['a', 'c']);
  });
});
