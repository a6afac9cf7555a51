import { environmentsOf } from './bench/coldstart/environments';
import { initTimes } from './bench/coldstart/measure';
import { bundleOf } from './lib/bundles';
const env = await environmentsOf();
const bundles = [];
for (const n of ['ingest','route','deliver','aggregate','api','manage','sweep'] as const) {
  const environment = { ...env[n], FUNCTION_TIMEOUT_SECONDS: '60' };
  bundles.push({ name: `esbuild ${n}`, file: `${bundleOf(n)}/index.mjs`, environment });
  bundles.push({ name: `rolldown ${n}`, file: `/tmp/rd/out/${n}/index.mjs`, environment });
  bundles.push({ name: `base ${n}`, file: `/tmp/pt/base/.posthorn/bundles/${n}/index.mjs`, environment });
}
for (const [k, v] of await initTimes(bundles)) console.log(k, v.toFixed(1));
