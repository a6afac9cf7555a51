/** Something that takes events from a source and gives them to a function until it is stopped. */
export interface Poller {
  readonly functionName: string;
  /** Takes nothing more; what was taken is finished. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}
