import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildAppOptions, buildApp } from 'fauxqs';
import { LocalStackError } from '../errors';

type Stores = NonNullable<BuildAppOptions['stores']>;

/** fauxqs' own store, queue and message types, which are part of its public options but not exported by name. */
export type FauxqsStore = Stores['sqsStore'];
export type FauxqsQueue = ReturnType<FauxqsStore['createQueue']>;
export type FauxqsMessage = Parameters<FauxqsQueue['enqueue']>[0];
export type FauxqsReceived = ReturnType<FauxqsQueue['dequeue']>[number];

/** The parts of a Fastify request that are used; Fastify's own types do not resolve without depending on it. */
export interface FauxqsRequest {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The parts of a Fastify reply that are used. */
export interface FauxqsReply {
  readonly raw: ServerResponse;
  status(code: number): this;
  header(name: string, value: string): this;
  send(payload: unknown): this;
  /** Tells Fastify not to send a response. */
  hijack(): this;
}

/** The parts of the Fastify application that are used. */
export interface FauxqsApp {
  addHook(name: 'preHandler', hook: (request: FauxqsRequest, reply: FauxqsReply) => Promise<unknown>): unknown;
  addHook(
    name: 'preSerialization',
    hook: (request: FauxqsRequest, reply: FauxqsReply, payload: unknown) => Promise<unknown>,
  ): unknown;
  listen(options: { readonly host: string; readonly port: number }): Promise<string>;
  close(): Promise<void>;
}

interface StoreModule {
  readonly SqsStore: (new () => FauxqsStore) & {
    createMessage(
      body: string,
      attributes: FauxqsMessage['messageAttributes'],
      delaySeconds: number | undefined,
      messageGroupId: string | undefined,
    ): FauxqsMessage;
  };
  readonly SqsQueue: new (...parameters: Parameters<FauxqsStore['createQueue']>) => FauxqsQueue;
}

interface ErrorModule {
  readonly SqsError: new (code: string, message: string, statusCode?: number) => Error;
}

// The package exports only its application; the store has to be extended, so it is loaded from its file.
const [store, errors]: [StoreModule, ErrorModule] = await Promise.all([
  import(fileOf('sqs/sqsStore.js')),
  import(fileOf('common/errors.js')),
]);

export const { SqsStore, SqsQueue } = store;
export const { SqsError } = errors;

/** The fauxqs application (a Fastify server, not listening yet) over our own store. */
export const fauxqsApp = (sqsStore: FauxqsStore): FauxqsApp =>
  // Only SQS is used; fauxqs creates the stores of its other services itself.
  buildApp({ logger: false, stores: { sqsStore } as Stores });

function fileOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths('fauxqs') ?? [];
  const file = folders.map((folder) => join(folder, 'fauxqs', 'dist', name)).find((path) => existsSync(path));
  if (file === undefined)
    throw new LocalStackError('The SQS engine (npm package fauxqs) is not installed: run npm ci.');
  return pathToFileURL(file).href;
}
