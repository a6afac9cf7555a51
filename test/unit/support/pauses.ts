import { onTestFinished, vi } from 'vitest';

/** Lets every pause of the running test pass at once. The clock moves as if it had been waited for. */
export function skipPauses(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  vi.setTimerTickMode('nextTimerAsync');
  onTestFinished(() => void vi.useRealTimers());
}
