import type { Check, Evidence, Violation } from '../evidence/evidence';
import { lastImage, lettersOf } from '../evidence/families';

const QUEUES = 'no live message is left in a queue, and nothing was set aside';
const AGREE = 'statistics, totals, dead-letter list and queue agree';

/** What is left in the queues. */
export const checkQueues: Check = ({ depths }) => {
  const left = Object.entries(depths).filter(([, depth]) => depth > 0);
  return {
    violations: left.map(
      ([queue, depth]): Violation => ({ rule: QUEUES, text: `${depth} messages in the ${queue} queue` }),
    ),
  };
};

/** What `npm run verify:consistency` would say, but for dead letters whose message has expired: it thinks them younger. */
export const checkConsistency: Check = (evidence) => {
  const differing = evidence.consistency.report.split('\n').filter((line) => / table \d+, found \d+$/.test(line));
  const left = differing.filter((line) => !isExpiredLetters(line, expiredLetters(evidence)));
  const isWrong = !evidence.consistency.consistent && (left.length > 0 || differing.length === 0);
  return { violations: isWrong ? [{ rule: AGREE, text: left.map((line) => line.trim()).join('\n    ') }] : [] };
};

function isExpiredLetters(line: string, expired: number): boolean {
  const [, table, found] =
    /^ *dead letters with their message in the queue: table (\d+), found (\d+)$/.exec(line) ?? [];
  return Number(table) - Number(found) === expired;
}

/** Open dead letters whose message has expired, on its way to the dead-letter queue or there. */
function expiredLetters({ families, faults }: Evidence): number {
  const expired = faults.filter(({ kind }) => kind === 'message expired');
  return families
    .flatMap(({ deliveries }) => deliveries)
    .filter((story) => lettersOf(story).open.length > 0)
    .filter((story) => {
      const token = lastImage(story)?.deathToken;
      return token !== undefined && expired.some(({ about }) => about.includes(`"${token}"`));
    }).length;
}
