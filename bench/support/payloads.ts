import { randomBytes, randomInt, randomUUID } from 'node:crypto';

const WORDS = ['basic', 'blue', 'classic', 'cotton', 'green', 'large', 'linen', 'medium', 'red', 'small', 'wool'];
const CITIES = ['Berlin', 'Lagos', 'Lima', 'Mumbai', 'Osaka', 'Paris', 'Toronto', 'Warsaw'];

const pick = (list: readonly string[]): string => list[randomInt(list.length)] ?? '';

const line = () => ({
  sku: `SKU-${randomInt(100_000, 999_999)}`,
  title: `${pick(WORDS)} ${pick(WORDS)} shirt`,
  quantity: randomInt(1, 9),
  price: (randomInt(500, 20_000) / 100).toFixed(2),
  discount: randomInt(10) === 0,
});

/** Characters of a line in JSON, with the comma before it. */
const lengthOf = (next: object): number => JSON.stringify(next).length + 1;

/** What shops send: an order with as many lines as fit into `bytes`, in JSON. */
export function orderPayload(bytes: number): object {
  const order = {
    id: randomUUID(),
    number: randomInt(1_000_000, 9_999_999),
    currency: 'EUR',
    created_at: new Date(Date.now() - randomInt(1_000_000)).toISOString(),
    customer: { id: randomUUID(), email: `${randomBytes(4).toString('hex')}@example.com`, city: pick(CITIES) },
    lines: [line()],
    note: '',
  };
  let missing = bytes - JSON.stringify(order).length;
  for (let next = line(); lengthOf(next) < missing; next = line()) {
    order.lines.push(next);
    missing -= lengthOf(next);
  }
  order.note = Array.from({ length: 200 }, () => pick(WORDS))
    .join(' ')
    .slice(0, Math.max(0, missing));
  return order;
}

/** JSON that hardly compresses: random bytes in base64. */
export const base64Payload = (bytes: number): object => ({
  data: randomBytes(bytes)
    .toString('base64')
    .slice(0, bytes - '{"data":""}'.length),
});
