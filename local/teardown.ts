type Step = () => Promise<unknown> | unknown;

/** Steps to undo at the end, newest first, whether everything was started or only a part. */
export class Teardown {
  private readonly steps: Step[] = [];
  private running: Promise<void> | undefined;

  add(step: Step): void {
    this.steps.unshift(step);
  }

  /** Undoes everything once; a second call waits for the first. If a step fails, the others still run. */
  run(): Promise<void> {
    this.running ??= this.runSteps();
    return this.running;
  }

  private async runSteps(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.steps) await Promise.resolve(step()).catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'The local stack did not stop cleanly.');
  }
}
