import type * as z from 'zod/v4/core';
import type { Needs } from '../lambdas/http/authentication';
import type { TagName } from './tags';

/** Statuses with which calls are refused. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500;

/** A schema of parameters by name. */
export type Parameters = z.$ZodType<unknown, Record<string, unknown>>;

/** What the document says of one route. Paths and methods are those of the list of routes. */
export interface Operation {
  readonly operationId: string;
  readonly tag: TagName;
  readonly summary: string;
  readonly description: string;
  /** The scope that a key needs. */
  readonly needs: Needs | 'no key';
  /** What path parameters stand for, by name. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Parameters;
  readonly headers?: Parameters;
  readonly body?: RequestBody;
  readonly answer: Answer;
  /** Refusals beyond those that follow from parameters, body and scope. */
  readonly refusals?: readonly RefusalStatus[];
}

export interface RequestBody {
  /** Absent: any bytes. */
  readonly schema?: z.$ZodType;
  readonly example?: unknown;
}

export interface Answer {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: z.$ZodType;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Operations by route, written `GET /v1/events/{id}` as in the list of routes. */
export type Operations = Readonly<Record<string, Operation>>;
