import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionName } from '../lambdas/runtime/environment';
import { type AccessResources, keyStatementsFor, statementsFor } from './access';
import type { Encryption } from './encryption';
import { environmentFor, type Surroundings } from './environment';
import { ServiceFunction, type ServiceFunctionProps } from './service-function';
import type { Settings } from './settings';

export interface FunctionsProps {
  readonly settings: Settings;
  readonly resources: AccessResources;
  readonly encryption: Encryption | undefined;
  readonly surroundings: Surroundings;
}

type Profile = Pick<
  ServiceFunctionProps,
  'description' | 'memoryMegabytes' | 'timeoutSeconds' | 'afterFailure' | 'recursiveLoop' | 'reservedConcurrency'
>;

/** All functions of the stack, by name. */
export class Functions extends Construct {
  readonly byName: Readonly<Record<FunctionName, ServiceFunction>>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const profiles = profilesFor(props.settings);
    const { encryption } = props;
    const create = (name: FunctionName): ServiceFunction =>
      new ServiceFunction(this, name, {
        ...profiles[name],
        name,
        environment: environmentFor(name, props.settings, props.surroundings),
        access: [
          ...statementsFor(name, props.resources),
          ...(encryption === undefined ? [] : keyStatementsFor(name, encryption)),
        ],
        logRetention: props.settings.logRetentionDays,
        tracing: props.settings.tracing,
      });
    this.byName = {
      ingest: create('ingest'),
      route: create('route'),
      deliver: create('deliver'),
      aggregate: create('aggregate'),
      api: create('api'),
      manage: create('manage'),
      sweep: create('sweep'),
    };
  }
}

// Lambda allots CPU by memory. 512 MB is enough for TLS and JSON at a batch's concurrency; the rest is waiting.
function profilesFor(settings: Settings): Readonly<Record<FunctionName, Profile>> {
  const http = {
    memoryMegabytes: 512,
    timeoutSeconds: 10,
    afterFailure: 'The caller gets an error, and may call again.',
  };
  return {
    ingest: {
      ...http,
      description: 'Accepts events over HTTP',
      reservedConcurrency: settings.ingestReservedConcurrency,
    },
    api: { ...http, description: 'Answers questions about events and deliveries' },
    manage: { ...http, description: 'Manages sources, destinations, connections and keys' },
    route: {
      description: 'Turns accepted events into deliveries',
      memoryMegabytes: 512,
      timeoutSeconds: 60,
      afterFailure: 'The stream repeats the records.',
    },
    aggregate: {
      description: 'Folds changes into counters and statistics',
      memoryMegabytes: 256,
      timeoutSeconds: 60,
      afterFailure: 'The stream repeats the records.',
    },
    deliver: {
      description: 'Sends deliveries and records every attempt',
      memoryMegabytes: 512,
      timeoutSeconds: settings.deliverTimeoutSeconds,
      afterFailure: 'The queue repeats the messages, and finally moves them to the dead-letter queue.',
      // A retry is a message that this function sends to its own queue. Lambda would stop such a chain after about 16
      // turns and a delivery with more attempts would be lost; the chain is bounded by the destination's max_attempts.
      recursiveLoop: RecursiveLoop.ALLOW,
    },
    sweep: {
      description: 'Resumes parked deliveries and repairs what crashes left behind',
      memoryMegabytes: 256,
      timeoutSeconds: 60,
      afterFailure: 'The next run finds the same work.',
    },
  };
}
