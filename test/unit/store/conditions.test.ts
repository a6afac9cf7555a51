import { describe, expect, it } from 'vitest';
import { conditionFailure, expectConditionFailure } from '../../../lambdas/store/table/conditions';
import { cancelled, conditionFailed } from '../support/dynamo-errors';
import { deliveryItem } from '../support/items';
import { deliveryOf } from '../support/records';

const delivery = deliveryOf({ status: 'failed', made: 5 });
const item = deliveryItem(delivery);

describe('a failed condition', () => {
  it('of a single write carries the delivery it failed on', () => {
    expect(conditionFailure(conditionFailed(item))).toEqual({ delivery });
  });

  it('of a write to nothing carries no delivery', () => {
    expect(conditionFailure(conditionFailed())).toEqual({ delivery: undefined });
  });

  it('of a transaction is read from its first write', () => {
    const error = cancelled({ code: 'ConditionalCheckFailed', item }, 'None');
    expect(conditionFailure(error)).toEqual({ delivery });
  });

  it.each([
    ['conflicted', cancelled('TransactionConflict', 'None')],
    ['was throttled', cancelled('None', 'ThrottlingError')],
    ['failed on its condition and was throttled', cancelled('ConditionalCheckFailed', 'ThrottlingError')],
    ['failed on the condition of another item', cancelled('None', 'ConditionalCheckFailed')],
    ['gave no reasons', cancelled()],
  ])('is not what a transaction tells that %s', (_, error) => {
    expect(() => conditionFailure(error)).toThrow(error);
  });

  it('is not what any other error tells', () => {
    const error = new Error('socket hang up');
    expect(() => conditionFailure(error)).toThrow(error);
    expect(() => expectConditionFailure(error)).toThrow(error);
    expect(() => expectConditionFailure(conditionFailed())).not.toThrow();
  });
});
