import { historyOf } from './checks/history';
import { judge } from './checks/judge';
import type { Evidence, Violation } from './evidence/evidence';
import { groupBy } from './evidence/group';

/** Violations of a rule that are shown in full. */
const SHOWN = 3;

/** What a run came to, for people. */
export interface Report {
  readonly passed: boolean;
  readonly violations: readonly Violation[];
  readonly text: string;
}

/** Judges a run and says what was found; after a failure with the history of the first event that broke a rule. */
export function reportOf(evidence: Evidence): Report {
  const { violations, facts } = judge(evidence);
  const lines = [...facts, faultsText(evidence), callsText(evidence)].map((fact) => `  ${fact}`);
  const broken = [...groupBy(violations, ({ rule }) => rule)].flatMap(([rule, own]) => brokenText(rule, own));
  const first = violations.find(({ base }) => base !== undefined)?.base;
  const history = first === undefined ? [] : ['', historyOf(evidence, first)];
  return { passed: violations.length === 0, violations, text: [...lines, ...broken, ...history].join('\n') };
}

function faultsText({ faults }: Evidence): string {
  const counts = [...groupBy(faults, ({ kind }) => kind)].map(([kind, own]) => `${kind} ${own.length}`);
  return `${faults.length} faults: ${counts.sort().join(', ') || 'none'}`;
}

function callsText({ actions }: Evidence): string {
  const counts = [...groupBy(actions, ({ kind }) => kind)].map(([kind, own]) => `${kind} ${own.length}`);
  return `${actions.length} calls of the operator: ${counts.sort().join(', ')}`;
}

function brokenText(rule: string, violations: readonly Violation[]): string[] {
  const shown = violations.slice(0, SHOWN).map(({ text }) => `    ${text}`);
  const more = violations.length > SHOWN ? [`    and ${violations.length - SHOWN} more`] : [];
  return [`  BROKEN: ${rule} (${violations.length})`, ...shown, ...more];
}
