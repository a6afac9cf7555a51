import type { Check, Violation } from '../evidence/evidence';

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

/** What `npm run verify:consistency` would say. */
export const checkConsistency: Check = ({ consistency }) => {
  const differing = consistency.report.split('\n').filter((line) => line.includes('found') || line.includes('DIFFER'));
  const violations: Violation[] = consistency.consistent ? [] : [{ rule: AGREE, text: differing.join('\n    ') }];
  return { violations };
};
