import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey, SCOPES } from '../lambdas/store/access/api-keys';
import { openTable } from '../lambdas/store/table/table';
import type { Call } from '../local/calls/call';
import { dynamoDbClient } from '../local/dynamodb/client';
import { Contention } from '../local/dynamodb/contention';
import { Random } from '../local/faults/random';
import type { LocalStack } from '../local/stack';
import { BatchFaults } from './chaos/batch-faults';
import { callFaults } from './chaos/call-faults';
import { killWorkers, pauseComponents } from './chaos/disturb';
import { HurriedClock } from './chaos/expiry';
import { FaultLog } from './chaos/fault-log';
import { MUTATIONS } from './chaos/mutations';
import { LIMITS } from './chaos/rates';
import { Site } from './chaos/site';
import { Sweeper } from './chaos/sweeping';
import type { Evidence } from './evidence/evidence';
import { gather } from './gather';
import type { RunOptions, Soak } from './parts';
import { publishAndDisturb } from './publishing';
import { Receivers } from './receivers/receivers';
import { ROLES } from './receivers/roles';
import { settle } from './settle';
import { Api } from './workload/api';
import { configure, createSource } from './workload/configure';
import { Operator } from './workload/operator';
import { Publisher } from './workload/publish';
import { repairAll, retryExpired } from './workload/repair';

/** How long a transaction holds its items: about as long as one takes on AWS. */
const HOLD_MS = 15;

/**
 * One run: publishes while everything goes wrong, repairs everything, waits until nothing is left to do, and answers with all
 * that is known.
 */
export async function soak(options: RunOptions): Promise<Evidence> {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-soak-'));
  const receivers = new Receivers(ROLES, options.seed);
  const [log, faults] = [new FaultLog(), { active: false }];
  const deadline = Date.now() + options.minutes * 60_000;
  const site = await startSite(options, directory, log, faults);
  try {
    const run = await prepare({ options, site, log, receivers, deadline, faults });
    await publishAndDisturb(run);
    await repair(run);
    await settle(run);
    if (await retryExpired(run.operator, run.api, log.records)) await settle(run);
    return await gather(run);
  } finally {
    await receivers.stop();
    await site.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startSite(options: RunOptions, dbPath: string, log: FaultLog, faults: Soak['faults']): Promise<Site> {
  const { seed, assembly, mutation, functionLog } = options;
  // Calls only come once the site runs.
  const running: { site?: Site } = {};
  const killWorker = async (name: string, worker: string) => running.site?.stack.killWorker(name, worker);
  const met = ({ operation, body }: Call) => log.note('transactions met', operation, String(body));
  const disturbing = { seed, log, active: () => faults.active, site: () => running.site };
  const clock = new HurriedClock(disturbing);
  const site = await Site.start({
    assembly,
    dbPath,
    faults: new BatchFaults(seed, log, disturbing.active, clock.now),
    interceptors: [
      killWorkers(disturbing),
      pauseComponents(disturbing),
      clock.intercept,
      callFaults({ ...disturbing, killWorker }),
      new Contention(HOLD_MS, met, disturbing.active).intercept,
      ...(mutation ? [MUTATIONS[mutation].intercept()] : []),
    ],
    ...(options.faults && LIMITS),
    ...(functionLog && { functionLog }),
  });
  running.site = site;
  return site;
}

type Beginning = Pick<Soak, 'options' | 'site' | 'log' | 'receivers' | 'deadline' | 'faults'>;

async function prepare(beginning: Beginning): Promise<Soak> {
  const { options, site, receivers } = beginning;
  await receivers.start();
  const api = new Api(site.stack.apiUrl, await makeKey(site.stack));
  const source = await createSource(api);
  const targets = await configure(api, receivers, ROLES);
  const random = new Random(options.seed, 'operator');
  const operator = new Operator({ api, targets, receivers, random, redrive: () => site.redrive() });
  const publisher = new Publisher(api, source);
  return { ...beginning, api, targets, operator, publisher, sweeper: new Sweeper(site, options.seed) };
}

async function makeKey({ endpoints, outputs }: LocalStack): Promise<string> {
  const client = dynamoDbClient(endpoints.dynamodb);
  const table = openTable(outputs.TableName ?? '', client);
  const request = { organization: 'soak', environment: 'soak', name: 'soak', scopes: SCOPES };
  const { secret } = await createApiKey(table, request, Date.now());
  client.destroy();
  return secret;
}

async function repair({ faults, options, receivers, targets, operator }: Soak): Promise<void> {
  options.progress('no faults from now on, and all receivers accept');
  faults.active = false;
  receivers.repair();
  await repairAll(operator, targets, receivers);
}
