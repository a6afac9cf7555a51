import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sideBySide } from '../../../soak/processes';

test('runs so many things at the same time, and answers in their order', async () => {
  let running = 0;
  let most = 0;
  const doubled = await sideBySide([5, 1, 3, 2], 2, async (ms) => {
    running += 1;
    most = Math.max(most, running);
    await sleep(ms);
    running -= 1;
    return 2 * ms;
  });
  expect([doubled, most]).toEqual([[10, 2, 6, 4], 2]);
});
