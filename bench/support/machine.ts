import { arch, cpus, totalmem } from 'node:os';

/** The machine that figures come from, in one line. */
export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'} (${arch()}), ${memory} GB, Node ${process.version}`;
}
