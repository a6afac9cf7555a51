import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createApp } from '../../../lib/app';

/** What all tests have in common: receivers on this machine, and nothing that outlives a test run. */
/** Tests call as fast as they can; the limits of keys have tests of their own. */
const UNLIMITED = { keyRatePerSecond: 10_000, keyRateBurst: 20_000 };

/** Tests run the repairs by hand, when they are ready for them. */
const SELDOM = { sweepIntervalMinutes: 60 };

/** Receivers of tests fail a lot; the breaker has tests of its own. */
const TOUGH = { breakerThreshold: 10_000 };

const COMMON = {
  ...{ allowLoopback: true, allowPlainHttp: true, removalPolicy: 'destroy' },
  ...{ ...UNLIMITED, ...SELDOM, ...TOUGH },
};

/**
 * The app as tests run it. Times are cut to what a test can wait for, and their proportions are kept: a claim outlives
 * its attempt, and a message's visibility outlives the function's timeout six times.
 */
const VARIANTS = {
  /** Retries up to two seconds ahead take an SQS delay, later ones the Scheduler. */
  usual: { ...COMMON, schedulerThresholdSeconds: 2, deliverTimeoutSeconds: 10 },
  /** A message whose worker crashed is visible again after 18 seconds, and is received three times at most. */
  crashing: { ...COMMON, deliverTimeoutSeconds: 3, maxReceiveCount: 3 },
  /** A breaker opens at the fifth failure in a row. It stays so for longer than a test: tests say when time has passed. */
  breaking: {
    ...COMMON,
    ...{ schedulerThresholdSeconds: 2, deliverTimeoutSeconds: 4, maxReceiveCount: 3 },
    ...{ breakerThreshold: 5, breakerCoolDownSeconds: 600, breakerMaxCoolDownSeconds: 3600 },
  },
  /** As on AWS: deliveries reach public addresses only. */
  guarded: { ...COMMON, allowLoopback: false },
  /** Table and queues under a key of the account's own. */
  encrypted: { ...COMMON, schedulerThresholdSeconds: 2, deliverTimeoutSeconds: 10, customerManagedKey: true },
} as const;

export type Variant = keyof typeof VARIANTS;

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of the cloud assembly of each variant. */
    assemblies: Readonly<Record<Variant, string>>;
  }
}

/** Synthesizes the app once for a test run; its functions are bundled once for all variants. */
export default function setup(project: TestProject): () => void {
  const root = mkdtempSync(join(tmpdir(), 'posthorn-integration-'));
  // The checks of a template take longer than the synthesis, and the infrastructure tests make them.
  process.env.CDK_VALIDATION = 'false';
  const synthesize = (variant: Variant): string => {
    const outdir = join(root, variant);
    createApp({ context: VARIANTS[variant], outdir }).app.synth();
    return outdir;
  };
  project.provide('assemblies', {
    usual: synthesize('usual'),
    crashing: synthesize('crashing'),
    breaking: synthesize('breaking'),
    guarded: synthesize('guarded'),
    encrypted: synthesize('encrypted'),
  });
  // The infrastructure tests inherit this environment when they run in the same command.
  delete process.env.CDK_VALIDATION;
  return () => rmSync(root, { recursive: true, force: true });
}
