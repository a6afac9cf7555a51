/** The work that a validation may still do, in steps of about ten nanoseconds. */
export class Meter {
  constructor(private left: number) {}

  /** @throws WorkExceededError when nothing is left */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new WorkExceededError('The validation takes too much work.');
  }

  /** A part of what is left, which is taken off it at once. */
  portion(steps: number): Meter {
    const taken = Math.max(0, Math.min(steps, this.left));
    this.left -= taken;
    return new Meter(taken);
  }

  /** Puts back what a portion has not used. */
  giveBack(portion: Meter): void {
    this.left += Math.max(0, portion.left);
    portion.left = 0;
  }
}

/** A payload and a schema that take more work together than is allowed. */
export class WorkExceededError extends Error {
  override readonly name = 'WorkExceededError';
}
