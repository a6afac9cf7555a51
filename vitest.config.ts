import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    // Every integration test file runs a whole stack with a process for each function: more at once only gets in the way.
    maxWorkers: 2,
    // The SDK otherwise prints its notice about Node 20 once in every worker.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          isolate: false,
          setupFiles: ['test/unit/support/leave-no-trace.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'infrastructure', include: ['test/infrastructure/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          isolate: false,
          globalSetup: ['test/integration/support/assemblies.ts'],
        },
      },
    ],
  },
});
