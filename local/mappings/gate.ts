/** Blocks a loop while it is closed. */
export class Gate {
  private waiting: (() => void)[] = [];

  constructor(private isOpen: boolean) {}

  /** Resolves when the gate is open. */
  async passed(): Promise<void> {
    if (!this.isOpen) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  get closed(): boolean {
    return !this.isOpen;
  }

  close(): void {
    this.isOpen = false;
  }

  open(): void {
    this.isOpen = true;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
