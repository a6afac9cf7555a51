import { describe, expect, inject, it } from 'vitest';
import { runDemo } from '../../demo/demo';
import { Teardown } from '../../local/teardown';

/** Runs the demo and answers with all it wrote. */
async function run(): Promise<{ readonly kept: boolean; readonly text: string }> {
  const teardown = new Teardown();
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  try {
    const stack = { assembly: inject('assemblies').usual };
    const kept = await runDemo({ output: { write }, log: (line) => write(`${line}\n`), teardown, stack });
    return { kept, text };
  } finally {
    await teardown.run();
  }
}

describe('the demo', () => {
  it('loses nothing: every payload arrives byte for byte or is a dead letter', async () => {
    const { kept, text } = await run();
    expect(text).not.toContain('✗');
    expect(kept).toBe(true);
    expect(text).toMatch(/\n {2}archive +50 +50 +0 +0 +50 /);
    expect(text).toMatch(/\n {2}legacy +(\d+) +0 +0 +\1 +\d+ +0\n/);
  });
});
