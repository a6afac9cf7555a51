/** The groups of operations, in the order of the document. */
export const TAGS = {
  Events: 'Publishing events, and what became of them.',
  Sources: 'Where events come from: each source has an address that senders can post to.',
  Destinations: 'Where events go.',
  Connections: 'Which events of which source go to which destination.',
  'Delivery attempts': 'The Hookstream surface: every attempt, those that are coming included.',
  Deliveries: 'The Hookbase surface: deliveries with all their statuses, bulk replay and dead letters.',
  'Organization deliveries': 'The Webhook Relay surface: deliveries in four statuses, by organization.',
  'Delivery items': 'The delivery items surface: attempts under UUIDs, and the replay of any of them.',
  Recoveries: 'Jobs that replay what a destination failed to take in a range of time.',
  Metrics: 'Figures of today, and volume over time.',
  'API keys': 'Keys of the organization and its environments.',
  Sessions: 'Cookies that stand for a key.',
  Service: 'The service itself.',
} as const;

export type TagName = keyof typeof TAGS;
