import { addUnits, NO_UNITS, type Units } from '../meters/capacity';
import type { Reading } from '../meters/meter';

/** What a million may cost, in dollars without storage and egress: now, five percent more than was measured. */
export interface Budget {
  readonly dollars: number;
  /** What it is going to be. */
  readonly target: number;
}

/** Units of all functions together. */
export const unitsIn = ({ functions }: Reading): Units =>
  functions.reduce<Units>((sum, { units }) => addUnits(sum, units), NO_UNITS);

/** A sentence if it is over its budget, to the cent; none if all is well. */
export function overruns(name: string, budget: Budget | undefined, dollars: number): string[] {
  if (budget === undefined || Math.round(dollars * 100) <= Math.round(budget.dollars * 100)) return [];
  return [`${name}: $${dollars.toFixed(2)}, the budget is $${budget.dollars.toFixed(2)}`];
}
