import type { Subject } from './buckets';

/** Whose statistics: all of some environments, or one destination's. */
export type StatisticsScope = { readonly environments: readonly string[] } | { readonly destination: string };

export const subjectsOf = (scope: StatisticsScope): Subject[] =>
  'destination' in scope
    ? [{ destination: scope.destination }]
    : scope.environments.map((environment) => ({ environment }));
