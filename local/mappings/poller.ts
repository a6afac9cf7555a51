/** Takes events from a source and passes them to a function until it is stopped. */
export interface Poller {
  readonly functionName: string;
  /** Takes nothing new; finishes what was taken. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}
