// Which folder may import which. `npm run check` runs it; docs/architecture.md draws it.
//
// Inside `lambdas` arrows point down this list, and never up:
//   functions > dialects > operations, routing > http > statistics > queue, payload-schemas, store > runtime > domain

const LAMBDAS = '^lambdas/';
const STORE = '^lambdas/store/';

/** Forbids `from` to import anything of this project but `allowed`. Node's own modules and packages are not its business. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(lambdas|lib|local|openapi|bin|bench|soak|demo|test)/', pathNot: allowed },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Whoever reads a file of a circle has to read the whole circle.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    only(
      'domain-is-pure',
      'Rules of the domain know nothing of what runs them.',
      `${LAMBDAS}domain/`,
      `${LAMBDAS}domain/`,
    ),
    {
      name: 'domain-calls-nothing',
      comment: 'Rules of the domain make no calls.',
      severity: 'error',
      from: { path: `${LAMBDAS}domain/` },
      to: { path: 'node_modules/(@aws-sdk|@middy|@smithy)' },
    },
    only(
      'runtime-is-at-the-bottom',
      'What every function is run with.',
      `${LAMBDAS}runtime/`,
      `${LAMBDAS}(runtime|domain)/`,
    ),
    only('store-knows-the-table', 'The store reads and writes items.', STORE, `${LAMBDAS}(store|runtime|domain)/`),
    only(
      'payload-schemas-stand-alone',
      'They could be a package.',
      `${LAMBDAS}payload-schemas/`,
      `${LAMBDAS}(payload-schemas|store|runtime|domain)/`,
    ),
    only(
      'queue-sends',
      'The queue sends and sets aside.',
      `${LAMBDAS}queue/`,
      `${LAMBDAS}(queue|store|runtime|domain)/`,
    ),
    only(
      'statistics-count',
      'Counters are items of the table.',
      `${LAMBDAS}statistics/`,
      `${LAMBDAS}(statistics|store|runtime|domain)/`,
    ),
    only(
      'http-serves',
      'Reading calls and writing answers.',
      `${LAMBDAS}http/`,
      `${LAMBDAS}(http|store|runtime|domain)/`,
    ),
    only(
      'routing-is-shared',
      'What route and a retry of an event have in common.',
      `${LAMBDAS}routing/`,
      `${LAMBDAS}(routing|queue|payload-schemas|store|runtime|domain)/`,
    ),
    only(
      'operations-know-no-dialect',
      'One set of operations answers all surfaces.',
      `${LAMBDAS}operations/`,
      `${LAMBDAS}(operations|routing|http|statistics|queue|store|runtime|domain)/`,
    ),
    only(
      'dialects-translate',
      'A dialect translates between a surface and the operations.',
      `${LAMBDAS}dialects/`,
      `${LAMBDAS}(dialects|operations|domain)/`,
    ),
    {
      name: 'functions-stand-apart',
      comment: 'What two functions share belongs beside them.',
      severity: 'error',
      from: { path: `${LAMBDAS}functions/([^/]+)/` },
      to: { path: `${LAMBDAS}functions/`, pathNot: `${LAMBDAS}functions/$1/` },
    },
    only('lambdas-run-alone', 'What runs on AWS imports nothing that does not.', LAMBDAS, LAMBDAS),
    {
      name: 'small-schemas-only',
      comment: 'Classic zod takes five times as long to load: lambdas take zod/mini (decision 29).',
      severity: 'error',
      from: { path: LAMBDAS },
      to: { path: 'node_modules/zod/(index|v4/classic)' },
    },
    only('table-is-at-the-bottom-of-the-store', '', `${STORE}table/`, `${STORE}table/|${LAMBDAS}(runtime|domain)/`),
    only(
      'configuration-and-events-know-the-table',
      '',
      `${STORE}(configuration|access|events)/`,
      `${STORE}(table|$1)/|${LAMBDAS}(runtime|domain)/`,
    ),
    only(
      'deliveries-know-events-and-configuration',
      '',
      `${STORE}deliveries/`,
      `${STORE}(table|configuration|events|deliveries)/|${LAMBDAS}(runtime|domain)/`,
    ),
    only(
      'lists-know-what-they-list',
      '',
      `${STORE}lists/`,
      `${STORE}(table|configuration|events|deliveries|lists)/|${LAMBDAS}(runtime|domain)/`,
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    exclude: { path: '^(cdk\\.out|\\.posthorn)/' },
  },
};
