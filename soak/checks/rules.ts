/** Every promise that a run is held against. `npm run soak:prove` has a mutation that breaks each of them. */
export const RULES = [
  'every accepted event is stored, once for each key, and no other',
  'every event has all its deliveries, each of them once',
  'every delivery is delivered, or failed with a dead letter, or was deleted by a call',
  'no transition in the stream is illegal',
  'every fresh round was asked for',
  'no two live claims overlap',
  'no attempt number is used twice',
  'every claim that was not recorded has a fault that explains it',
  'receivers see every payload byte for byte, with a signature that verifies',
  'every request that a receiver saw is a recorded attempt, or its worker ended before it could record it',
  'every answer that is recorded was given by a receiver, once',
  'what counts as delivered was accepted by its receiver',
  'each of several targets is sent what it has not accepted, and a delivery ends by how many have',
  'what a schema refuses is recorded as refused and never sent, and nothing else is refused',
  'a receiver with a rate limit has never seen more requests than turns were due, and these keep their distance',
  'every recovery ends, counts what it has replayed, and leaves nothing out unless it was cancelled',
  'every event is listed once, with the status that its deliveries give it',
  'no live message is left in a queue, and nothing was set aside',
  'statistics, totals, dead-letter list and queue agree',
  'the sweep mends only deliveries whose message was lost',
  'without faults the sweep repairs nothing',
] as const;

export type Rule = (typeof RULES)[number];
