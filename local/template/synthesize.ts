import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalStackError, messageOf } from '../errors';

/** A cloud assembly on disk for as long as the stack runs. */
export interface SynthesizedApp {
  readonly directory: string;
  remove(): void;
}

/**
 * What differs on one machine: receivers listen on loopback addresses without TLS, nothing is kept, and no account has a
 * quota.
 */
const LOCAL_CONTEXT = {
  allowLoopback: true,
  allowPlainHttp: true,
  removalPolicy: 'destroy',
  accountConcurrency: 1000,
};

/**
 * Synthesizes the app as `cdk deploy` would.
 *
 * @param context values over the local ones
 * @throws LocalStackError if the app does not synthesize, with the app's own explanation
 */
export async function synthesize(context: Readonly<Record<string, unknown>>): Promise<SynthesizedApp> {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  // Also if the process exits before the stack is stopped.
  process.once('exit', remove);
  try {
    // The tests and `cdk deploy` check the template; checking it here would double the start time.
    process.env.CDK_VALIDATION = 'false';
    // Imported here, because the CDK takes a second to load and a synthesized assembly does not need it.
    const { createApp } = await import('../../lib/app');
    createApp({ context: { ...LOCAL_CONTEXT, ...context }, outdir: directory }).app.synth();
  } catch (error) {
    throw new LocalStackError(explain(error));
  } finally {
    delete process.env.CDK_VALIDATION;
  }
  return {
    directory,
    remove: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

/** A wrong setting explains itself; anything else says where it comes from. */
const explain = (error: unknown): string =>
  error instanceof Error && error.name === 'InvalidSettingsError'
    ? error.message
    : `The app does not synthesize: ${messageOf(error)}`;
