import type { FunctionReading, Reading } from '../meters/meter';
import type { Prices } from '../prices/prices';

/** Dollars by service. */
export interface Bill {
  readonly dynamoDb: number;
  readonly apiGateway: number;
  readonly lambda: number;
  readonly sqs: number;
  readonly scheduler: number;
  readonly logs: number;
}

const GB = 1024 ** 3;

/** What a reading costs, in dollars. */
export function billFor(reading: Reading, prices: Prices): Bill {
  const { functions } = reading;
  const sum = (of: (one: FunctionReading) => number) => functions.reduce((total, one) => total + of(one), 0);
  return {
    dynamoDb: sum(({ units }) => units.write * prices.writeUnit + units.read * prices.readUnit),
    apiGateway: reading.apiCalls * prices.apiCall,
    lambda: sum((one) => one.invocations * prices.invocation + gigabyteSeconds(one) * secondPrice(one, prices)),
    // Every request concerns messages that carry a group, which is what makes the queue a fair one.
    sqs: reading.queueRequests * (prices.queueRequest + prices.fairQueueRequest),
    scheduler: reading.schedules * prices.schedule,
    logs: (reading.logBytes / GB) * prices.logGigabyte,
  };
}

/** Lambda rounds each invocation up to a whole millisecond. */
export const gigabyteSeconds = ({ facts, invocations, durationMs }: FunctionReading): number =>
  (invocations * (Math.ceil(durationMs) / 1000) * facts.memoryMb) / 1024;

const secondPrice = ({ facts }: FunctionReading, prices: Prices): number =>
  facts.arm ? prices.armGigabyteSecond : prices.x86GigabyteSecond;

export const totalOf = (bill: Bill): number => Object.values(bill).reduce((sum, dollars) => sum + dollars, 0);

/** The same bill for something that was done `factor` times as often. */
export const scaled = (bill: Bill, factor: number): Bill => ({
  dynamoDb: bill.dynamoDb * factor,
  apiGateway: bill.apiGateway * factor,
  lambda: bill.lambda * factor,
  sqs: bill.sqs * factor,
  scheduler: bill.scheduler * factor,
  logs: bill.logs * factor,
});
