import type { FunctionReading, Reading } from '../meters/meter';
import type { Prices } from '../prices/prices';
import type { Stored } from '../support/stored';

/** Dollars by service. */
export interface Bill {
  readonly dynamoDb: number;
  readonly apiGateway: number;
  readonly lambda: number;
  readonly sqs: number;
  readonly scheduler: number;
  /** What functions log. */
  readonly logs: number;
  /** What the API writes about its calls. */
  readonly accessLog: number;
}

const GB = 1024 ** 3;

/**
 * What a reading costs, in dollars.
 *
 * @param accessLogBytes what the access log has about a call
 */
export function billFor(reading: Reading, prices: Prices, accessLogBytes: number): Bill {
  const { functions, apiCalls } = reading;
  const sum = (of: (one: FunctionReading) => number) => functions.reduce((total, one) => total + of(one), 0);
  const requests = Object.values(reading.queueRequests).reduce((total, count) => total + count, 0);
  return {
    dynamoDb: sum(({ units }) => units.write * prices.writeUnit + units.read * prices.readUnit),
    apiGateway: apiCalls * prices.apiCall,
    lambda: sum((one) => one.invocations * prices.invocation + secondsPrice(one, prices)),
    sqs: requests * queuePrice(prices),
    scheduler: reading.schedules * prices.schedule,
    logs: (sum(({ logBytes }) => logBytes) / GB) * prices.logGigabyte,
    accessLog: ((apiCalls * accessLogBytes) / GB) * prices.accessLogGigabyte,
  };
}

/** Every request concerns messages that carry a group, which is what makes the queue a fair one. */
export const queuePrice = (prices: Prices): number => prices.queueRequest + prices.fairQueueRequest;

/** Lambda rounds each invocation up to a whole millisecond. */
export const gigabyteSeconds = ({ facts, invocations, durationMs }: FunctionReading): number =>
  (invocations * (Math.ceil(durationMs) / 1000) * facts.memoryMb) / 1024;

/** Dollars for the time that a function takes, without its invocations. */
export const secondsPrice = (one: FunctionReading, prices: Prices): number =>
  gigabyteSeconds(one) * (one.facts.arm ? prices.armGigabyteSecond : prices.x86GigabyteSecond);

export const totalOf = (bill: Bill): number => Object.values(bill).reduce((sum, dollars) => sum + dollars, 0);

/** The same bill for something that was done `factor` times as often. */
export const scaled = (bill: Bill, factor: number): Bill => ({
  dynamoDb: bill.dynamoDb * factor,
  apiGateway: bill.apiGateway * factor,
  lambda: bill.lambda * factor,
  sqs: bill.sqs * factor,
  scheduler: bill.scheduler * factor,
  logs: bill.logs * factor,
  accessLog: bill.accessLog * factor,
});

const DAYS_A_MONTH = 365 / 12;

/**
 * What it costs to keep something for some days, with point-in-time recovery, in dollars. Recovery is billed by the size of the
 * table without its global indexes.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
 */
export function storagePrice({ table, indexes }: Stored, days: number, prices: Prices): number {
  const month = (table + indexes) * prices.storedGigabyteMonth + table * prices.backedUpGigabyteMonth;
  return (month / GB) * (days / DAYS_A_MONTH);
}

/** What data costs that is sent to the internet, in dollars. */
export const egressPrice = (bytes: number, prices: Prices): number => (bytes / GB) * prices.transferredGigabyte;
