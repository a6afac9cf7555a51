import { type MockInstance, vi } from 'vitest';

/** Everything that is written to the output while a test runs, through whatever door. */
export function captureOutput(): { text(): string; lines(): Record<string, unknown>[]; restore(): void } {
  const written: string[] = [];
  const keep = (chunk: unknown): boolean => {
    written.push(String(chunk));
    return true;
  };
  const spies: MockInstance[] = [
    vi.spyOn(process.stdout, 'write').mockImplementation(keep),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep),
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => void keep(parts.join(' '))),
    ),
  ];
  return {
    text: () => written.join('\n'),
    lines: () => written.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)),
    restore: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
