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
 * What differs on one machine: receivers listen on loopback addresses without TLS, nothing outlives its use, and no account
 * has a quota.
 */
const LOCAL_CONTEXT = {
  ...{ allowLoopback: true, allowPlainHttp: true },
  removalPolicy: 'destroy',
  accountConcurrency: 1000,
};

/**
 * Synthesizes the app as `cdk deploy` would.
 *
 * @param context values over the local ones
 * @throws LocalStackError when the app does not synthesize, with the app's own explanation
 */
export async function synthesize(context: Readonly<Record<string, unknown>>): Promise<SynthesizedApp> {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  // Also when the process ends before anybody had the chance to stop the stack.
  process.once('exit', remove);
  try {
    // The template is checked when it is deployed and by the tests; checking it again would double the time to start.
    process.env.CDK_VALIDATION = 'false';
    // Loaded here, because the CDK takes a second and a stack from a finished assembly does not need it.
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

/** A wrong setting explains itself; anything else is told where it comes from. */
const explain = (error: unknown): string =>
  error instanceof Error && error.name === 'InvalidSettingsError'
    ? error.message
    : `The app does not synthesize: ${messageOf(error)}`;
