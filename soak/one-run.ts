import type { FromRun, ProcessOptions } from './processes';
import { reportOf } from './report';
import { soak } from './run';

// The process of one run: it gets its options as a message, and answers with its progress and with what came of it.

const tell = (message: FromRun, sent = () => {}) => process.send?.(message, sent);

process.once('disconnect', () => process.exit(1));
process.once('message', async ({ logs, ...options }: ProcessOptions) => {
  const progress = (line: string) => void tell({ line });
  const functionLog = logs ? (name: string, line: string) => progress(`[${name}] ${line}`) : undefined;
  const evidence = await soak({ ...options, progress, functionLog });
  const { passed, violations, text } = reportOf(evidence);
  const rules = [...new Set(violations.map(({ rule }) => rule))];
  const kinds = [...new Set(evidence.faults.map(({ kind }) => kind))];
  tell({ result: { passed, rules, kinds, text } }, () => process.exit(0));
});
