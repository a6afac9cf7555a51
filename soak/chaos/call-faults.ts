import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Call, ConnectionBroken, type Forward, type Interceptor } from '../../local/calls/call';
import { Random } from '../../local/faults/random';
import { errorFor } from './errors';
import type { FaultLog } from './fault-log';
import { type CallFault, callWeights, serviceNameOf } from './rates';

export interface CallFaultPorts {
  readonly seed: number;
  readonly log: FaultLog;
  /** Whether faults happen at the moment. */
  active(): boolean;
  killWorker(functionName: string, worker: string): Promise<void>;
}

/** What happens to one call of a function, all tries of the SDK together. */
interface Fate {
  readonly fault: CallFault;
  readonly random: Random;
  tries: number;
}

/**
 * Faults at the calls that functions make: each call of a function, told by the SDK's invocation id, has one fate. A call
 * that fails for good fails at every try of the SDK; of all others only the first try is disturbed.
 */
export function callFaults(ports: CallFaultPorts): Interceptor {
  const streams = new Map<string, Random>();
  const fates = new Map<string, Fate>();
  const streamOf = (name: string) => {
    const stream = streams.get(name) ?? new Random(ports.seed, `calls ${name}`);
    streams.set(name, stream);
    return stream;
  };
  return async (call, forward) => {
    if (!ports.active() || call.caller.kind !== 'function') return forward(call);
    const name = serviceNameOf(call.caller.logicalId);
    const invocation = String(call.headers['amz-sdk-invocation-id']);
    const random = streamOf(`${name} ${call.operation}`);
    const fate = fates.get(invocation) ?? { fault: random.weighted(callWeights(name)), random, tries: 0 };
    fates.set(invocation, fate);
    fate.tries += 1;
    return suffer(ports, fate, name, call.caller.worker, call, forward);
  };
}

async function suffer(
  ports: CallFaultPorts,
  { fault, random, tries }: Fate,
  name: string,
  worker: string,
  call: Call,
  forward: Forward,
): Promise<Answer> {
  if (fault === 'none' || (tries > 1 && fault !== 'call failed for good')) return forward(call);
  const note = (text: string) => ports.log.note(fault, `${name} ${call.operation}${text}`, call.body.toString());
  switch (fault) {
    case 'worker killed before a call':
      note('');
      await ports.killWorker(name, worker);
      throw new ConnectionBroken();
    case 'worker killed after a call':
      await forward(call);
      note('');
      await ports.killWorker(name, worker);
      throw new ConnectionBroken();
    case 'answer lost':
      await forward(call);
      note('');
      throw new ConnectionBroken();
    case 'call delayed': {
      const ms = random.between(100, 1200);
      note(` by ${ms} ms`);
      await sleep(ms);
      return forward(call);
    }
    case 'call failed':
    case 'call failed for good': {
      const error = errorFor(call, random);
      if (tries === 1) note(`: ${error.name}`);
      return error.answer;
    }
    default:
      return fault satisfies never;
  }
}
