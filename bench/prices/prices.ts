import { z } from 'zod';
import listed from './us-east-1.json' with { type: 'json' };

const price = z.object({
  usd: z.number().positive(),
  /** How many units cost that much. */
  per: z.number().positive(),
  unit: z.string(),
  source: z.string(),
});

const NAMES = [
  'writeUnit',
  'readUnit',
  'storedGigabyteMonth',
  'backedUpGigabyteMonth',
  'apiCall',
  'queueRequest',
  'fairQueueRequest',
  'invocation',
  'armGigabyteSecond',
  'x86GigabyteSecond',
  'schedule',
  'logGigabyte',
  'accessLogGigabyte',
  'alarmMetric',
  'customMetric',
  'transferredGigabyte',
] as const;

const file = z.object({ region: z.string(), asOf: z.string(), prices: z.record(z.enum(NAMES), price) });

export type PriceName = (typeof NAMES)[number];

/** Dollars for one unit of each thing that AWS bills. */
export type Prices = Readonly<Record<PriceName, number>>;

const { region, asOf, prices } = file.parse(listed);

/** Where and when the prices were looked up. */
export const PRICED = { region, asOf };

export const PRICES = Object.fromEntries(
  Object.entries(prices).map(([name, { usd, per }]) => [name, usd / per]),
) as Prices;
