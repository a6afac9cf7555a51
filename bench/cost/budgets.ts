import { addUnits, NO_UNITS, type Units } from '../meters/capacity';
import type { Reading } from '../meters/meter';

/** What a delivery may cost. */
export interface Budget {
  readonly units?: Units;
  /** For a million deliveries. */
  readonly dollars: number;
}

export const DELIVERY_BUDGET: Budget = { units: { write: 8, read: 2 }, dollars: 7 };
export const BATCH_BUDGET: Budget = { dollars: 5.5 };

/** What was measured for one delivery, and the dollars for a million. */
export interface Measured {
  readonly units: Units;
  readonly dollars: number;
}

/** Units of all functions together. */
export const unitsIn = ({ functions }: Reading): Units =>
  functions.reduce<Units>((sum, { units }) => addUnits(sum, units), NO_UNITS);

/** Sentences about what is over budget; none when all is well. */
export function overruns(name: string, budget: Budget, { units, dollars }: Measured): string[] {
  const { write = Number.POSITIVE_INFINITY, read = Number.POSITIVE_INFINITY } = budget.units ?? {};
  return [
    ...(units.write > write ? [`${name}: ${units.write.toFixed(2)} write units, the budget is ${write}`] : []),
    ...(units.read > read ? [`${name}: ${units.read.toFixed(2)} read units, the budget is ${read}`] : []),
    ...(dollars > budget.dollars
      ? [`${name}: $${dollars.toFixed(2)} a million, the budget is $${budget.dollars}`]
      : []),
  ];
}
