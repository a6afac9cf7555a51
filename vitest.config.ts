import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Integration test files that take longest, so that no worker is left alone with one of them at the end. */
const LONG = [
  'consistency',
  'crashes',
  'restart',
  'permissions',
  'breaker',
  'surfaces/paging',
  'duplicates',
  'redrive',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONG.findIndex((name) => moduleId.endsWith(`/integration/${name}.test.ts`));
      return index === -1 ? LONG.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    environment: 'node',
    maxWorkers: 2,
    // Loading the SDK anew for each file takes longer than most tests. A file that needs a fresh process does not belong here.
    isolate: false,
    // The SDK otherwise prints its notice about Node 20 once in every worker.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    tags: [{ name: 'slow', description: 'Takes too long for every change: `npm run test:all` and CI run it.' }],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          setupFiles: ['test/unit/support/leave-no-trace.ts'],
        },
      },
      { extends: true, test: { name: 'infrastructure', include: ['test/infrastructure/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/integration/support/assemblies.ts'],
          // One more than processors: integration tests wait a lot.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
