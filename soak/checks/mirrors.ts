import type { Check, Violation } from '../evidence/evidence';
import { type DeliveryImage, type DeliveryStory, lastImage, recordedAttempts } from '../evidence/families';
import { receiversOf } from '../receivers/roles';

const RULE = 'each of several targets is sent what it has not accepted, and a delivery ends by how many have';

/** Deliveries to destinations with mirrors: who was sent to at each attempt, and what the delivery says of it. */
export const checkMirrors: Check = ({ targets, families }) => {
  const stories = families.flatMap(({ deliveries }) => deliveries);
  const mirrored = targets.filter(({ role }) => role.mirrors !== undefined);
  return {
    violations: mirrored.flatMap(({ role, destination }) =>
      stories
        .filter((story) => lastImage(story)?.dst === destination)
        .flatMap((story) => judgeStory(story, receiversOf(role))),
    ),
  };
};

function judgeStory(story: DeliveryStory, receivers: readonly string[]): Violation[] {
  const problems: string[] = [];
  const accepted = new Set<string>();
  /** How many targets had accepted after so many attempts. */
  const counts = [0];
  for (const { number, exchanges } of recordedAttempts(story)) {
    const sentTo = new Set(exchanges.map(({ receiver }) => receiver));
    for (const receiver of receivers) {
      const isDue = exchanges.length > 0 && !accepted.has(receiver);
      if (isDue !== sentTo.has(receiver))
        problems.push(`attempt ${number} was ${isDue ? 'not sent' : 'sent again'} to ${receiver}`);
    }
    for (const exchange of exchanges) if (exchange.accepted) accepted.add(exchange.receiver);
    counts.push(accepted.size);
  }
  for (const { after } of story.steps) {
    const count = after && (counts[after.made] ?? 0);
    if (after && count !== undefined && !agrees(after, count, receivers.length))
      problems.push(`it is ${after.status} when ${count} of ${receivers.length} targets have accepted`);
  }
  return problems.map((text) => ({ rule: RULE, text: `${story.id}: ${text}`, base: story.base }));
}

function agrees({ status }: DeliveryImage, count: number, all: number): boolean {
  if (status === 'delivered') return count === all;
  if (status === 'partial') return count > 0 && count < all;
  return status !== 'failed' || count === 0;
}
