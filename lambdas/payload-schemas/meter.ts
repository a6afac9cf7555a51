/** The work that a validation has left, in steps of about ten nanoseconds. */
export class Meter {
  constructor(private left: number) {}

  /** @throws WorkExceededError when nothing is left */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new WorkExceededError('The validation takes too much work.');
  }

  /** Reserves part of what is left. */
  portion(steps: number): Meter {
    const taken = Math.max(0, Math.min(steps, this.left));
    this.left -= taken;
    return new Meter(taken);
  }

  /** Returns what a portion has not used. */
  giveBack(portion: Meter): void {
    this.left += Math.max(0, portion.left);
    portion.left = 0;
  }
}

/** Validating this payload against this schema takes more work than allowed. */
export class WorkExceededError extends Error {
  override readonly name = 'WorkExceededError';
}
