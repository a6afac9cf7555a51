// Which folder may import which. `npm run check` runs it; docs/architecture.md draws it.

const LAMBDAS = '^lambdas/';
const OURS = '^(lambdas|openapi|lib|local|bin|demo|soak|bench|test)/';

const BELOW_STORE = ['configuration', 'runtime', 'domain'];
const BELOW_HTTP = ['statistics', 'queue', 'store', ...BELOW_STORE];

/** What each folder of `lambdas` may import besides itself. */
const LAYERS = {
  domain: [],
  runtime: ['domain'],
  configuration: ['runtime', 'domain'],
  store: BELOW_STORE,
  'payload-schemas': BELOW_STORE,
  queue: ['store', ...BELOW_STORE],
  statistics: ['store', ...BELOW_STORE],
  http: ['store', ...BELOW_STORE],
  routing: ['queue', 'payload-schemas', 'store', ...BELOW_STORE],
  operations: ['routing', 'http', ...BELOW_HTTP],
  dialects: ['operations', 'configuration', 'domain'],
};

/** The same for the folders of `lambdas/store`. */
const STORE_LAYERS = {
  table: [],
  configuration: ['table'],
  access: ['table'],
  events: ['table'],
  deliveries: ['events', 'configuration', 'table'],
  lists: ['deliveries', 'events', 'configuration', 'table'],
  sweep: ['lists', 'deliveries', 'events', 'configuration', 'table'],
};

const anyOf = (root, folders) => `${root}(${folders.join('|')})/`;

const layer = (root, folder, allowed) => ({
  name: `${root.replace(/\W/g, '')}-${folder}`,
  comment: `${folder} may import ${allowed.join(', ') || 'nothing but itself'}.`,
  severity: 'error',
  from: { path: anyOf(root, [folder]) },
  to: { path: root, pathNot: anyOf(root, [folder, ...allowed]) },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Whoever reads one file of a circle has to read them all.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(LAYERS).map(([folder, allowed]) => layer(LAMBDAS, folder, allowed)),
    ...Object.entries(STORE_LAYERS).map(([folder, allowed]) => layer(`${LAMBDAS}store/`, folder, allowed)),
    {
      name: 'functions-stand-apart',
      comment: 'What two functions share belongs beside them.',
      severity: 'error',
      from: { path: `${LAMBDAS}functions/([^/]+)/` },
      to: { path: `${LAMBDAS}functions/`, pathNot: `${LAMBDAS}functions/$1/` },
    },
    {
      name: 'lambdas-run-alone',
      comment: 'What runs on AWS imports nothing of this project that does not.',
      severity: 'error',
      from: { path: LAMBDAS },
      to: { path: OURS, pathNot: LAMBDAS },
    },
    {
      name: 'domain-calls-nothing',
      comment: 'Rules make no calls.',
      severity: 'error',
      from: { path: `${LAMBDAS}domain/` },
      to: { path: 'node_modules/(@aws-sdk|@middy|@smithy)' },
    },
    {
      name: 'small-schemas-only',
      comment: 'Classic zod takes five times as long to load: lambdas take zod/mini (decision 29).',
      severity: 'error',
      from: { path: LAMBDAS },
      to: { path: 'node_modules/zod/(index|v4/classic)' },
    },
    {
      name: 'tests-are-not-shipped',
      comment: 'Only tests import tests.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    exclude: { path: '^(cdk\\.out|\\.posthorn)/' },
  },
};
