import { eventId } from '../../lambdas/domain/identifiers';
import type { Evidence } from '../evidence/evidence';
import type { DeliveryImage, Step } from '../evidence/families';

interface Line {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

const SHOWN_ABOUT = 160;

/** Everything that is known about one event, in the order in which it happened. */
export function historyOf(evidence: Evidence, base: string): string {
  const lines = [
    ...changes(evidence, base),
    ...requests(evidence, base),
    ...calls(evidence, base),
    ...faults(evidence, base),
  ];
  const sorted = lines.sort((one, other) => one.at - other.at);
  return [
    `History of ${eventId(base)}:`,
    ...sorted.map(({ at, text }) => `  ${new Date(at).toISOString().slice(11, 23)}  ${text}`),
  ].join('\n');
}

function changes({ families }: Evidence, base: string): Line[] {
  const stories = families.find((family) => family.base === base)?.deliveries ?? [];
  const steps = stories.flatMap(({ id, steps: own }) => own.map((step) => ({ id, step })));
  let latest = 0;
  // The order is that of the stream: an item that was written over by an older one bears an older time.
  return steps
    .sort((one, other) => one.step.index - other.step.index)
    .map(({ id, step }) => {
      latest = Math.max(latest, timeOf(step));
      return { at: latest, text: `${id} #${step.index}  ${textOf(step)}` };
    });
}

const timeOf = ({ before, after }: Step): number => (after ?? before)?.updatedAt ?? 0;

const textOf = ({ before, after }: Step): string =>
  `${before ? describe(before) : 'new'} → ${after ? describe(after) : 'removed'}`;

function describe({ status, made, roundStart, cause, claimId, claimUntil }: DeliveryImage): string {
  const claim =
    claimId === undefined
      ? ''
      : `, claim ${claimId.slice(0, 8)} until ${new Date(claimUntil ?? 0).toISOString().slice(11, 23)}`;
  return `${status} (${made} made, round from ${roundStart}, ${cause}${claim})`;
}

const requests = ({ requests: all }: Evidence, base: string): Line[] =>
  all
    .filter(({ event }) => event === eventId(base))
    .map(({ at, role, behaviour, receipt }) => ({ at, text: `request at ${role}: ${behaviour} (${receipt})` }));

const calls = ({ actions }: Evidence, base: string): Line[] =>
  actions
    .filter(({ kind, about }) => kind === 'redrive' || about.some((id) => id.includes(base)))
    .map(({ from, kind, about, status }) => ({
      at: from,
      text: `call: ${kind} ${about.join()} answered with ${status ?? 'nothing'}`,
    }));

const faults = ({ faults: all }: Evidence, base: string): Line[] =>
  all
    .filter(({ kind, about }) => kind === 'stack restarted' || about.includes(base))
    .map(({ at, kind, text }) => ({ at, text: `fault: ${kind}, ${text}`.slice(0, SHOWN_ABOUT) }));
