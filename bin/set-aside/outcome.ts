/** What became of a record that was set aside. */
export interface Outcome {
  /** Whether its message is no longer needed. */
  readonly done: boolean;
  /** For people: what its item is now. */
  readonly what: string;
}

export const done = (what: string): Outcome => ({ done: true, what });

export const left = (what: string): Outcome => ({ done: false, what });
