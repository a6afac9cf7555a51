import { readChanges } from './evidence/changes';
import type { Evidence } from './evidence/evidence';
import { familiesOf } from './evidence/families';
import { depthOf, listEvents, readConsistency, sqsClient } from './evidence/looks';
import { recoveriesOf } from './evidence/recoveries';
import { turnsOf } from './evidence/turns';
import type { Soak } from './parts';

/** Collects what is known about a run that has ended, from all sides. */
export async function gather({
  options,
  site,
  log,
  api,
  receivers,
  targets,
  publisher,
  operator,
  sweeper,
}: Soak): Promise<Evidence> {
  const { stack } = site;
  await sweeper.stop();
  options.progress('comparing counters, lists and queues with the table');
  const consistency = await readConsistency(stack, api.key);
  options.progress('reading the stream, and comparing it with what was published and received');
  const sqs = sqsClient(stack);
  const depths = {
    delivery: await depthOf(sqs, stack.outputs.DeliveryQueueUrl ?? ''),
    setAside: await depthOf(sqs, stack.outputs.SetAsideQueueUrl ?? ''),
  };
  sqs.destroy();
  const listed = await listEvents(stack, api.key);
  const changes = await readChanges(stack.endpoints.dynamodb, stack.outputs.TableName ?? '');
  return {
    targets,
    publications: [...publisher.publications.values()],
    actions: operator.actions,
    faults: log.records,
    requests: receivers.requests,
    families: familiesOf(changes),
    recoveries: recoveriesOf(changes),
    turns: turnsOf(changes),
    listed,
    depths,
    consistency,
    repairs: sweeper.repairs,
  };
}
