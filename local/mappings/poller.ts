/**
 * How many records or messages a function's next batch takes at most, besides what its mapping says. A bench sets it: how full
 * batches are on this machine tells nothing about AWS.
 */
export type BatchLimit = (functionName: string) => number;

/** Takes events from a source and passes them to a function until it is stopped. */
export interface Poller {
  readonly functionName: string;
  /** Takes nothing new; finishes what was taken. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}
