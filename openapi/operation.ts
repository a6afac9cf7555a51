import type * as z from 'zod/v4/core';
import type { RouteKey } from '../lambdas/http/routes';
import type { TagName } from './tags';

/** Statuses of refused calls. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500;

/** A schema of parameters by name. */
export type Parameters = z.$ZodType<unknown, Record<string, unknown>>;

/** What the document says of one route. Its path, method, scope, and surface stand in the table of routes. */
export interface Operation {
  readonly operationId: string;
  readonly tag: TagName;
  readonly summary: string;
  readonly description: string;
  /** The meaning of path parameters, by name. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Parameters;
  readonly headers?: Parameters;
  readonly body?: RequestBody;
  readonly answer: Answer;
  /** Refusals in addition to those that follow from parameters, body and scope. */
  readonly refusals?: readonly RefusalStatus[];
}

export interface RequestBody {
  /** Absent: any bytes. */
  readonly schema?: z.$ZodType;
  readonly example?: unknown;
  /** The call works without a body, too. */
  readonly optional?: true;
}

export interface Answer {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: z.$ZodType;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Operations of some of the routes. */
export type Operations = { readonly [Key in RouteKey]?: Operation };
