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
  'no live message is left in a queue, and nothing was set aside',
  'statistics, totals, dead-letter list and queue agree',
  'without faults the sweep repairs nothing',
] as const;

export type Rule = (typeof RULES)[number];
