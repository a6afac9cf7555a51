const CHECK_EVERY_MS = 250;

/**
 * Calls `gone` when npm, having started this process, has ended. A terminal's Ctrl-C reaches both; whoever kills npm
 * alone would otherwise leave the stack running with nobody to stop it. Without npm nothing is watched: a stack that a
 * shell put in the background outlives that shell.
 */
export function watchNpm(gone: () => void, environment: NodeJS.ProcessEnv = process.env): void {
  if (environment.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, CHECK_EVERY_MS);
  timer.unref();
}
