import * as z from 'zod';
import type { ConfigurationPrefix } from '../../lambdas/domain/identifiers';

/**
 * Members that answers of several surfaces have in common, for the schemas of answers. They describe what the functions
 * write but are not part of them: only the OpenAPI document and tests read them.
 */

/** An identifier: its prefix and 32 hex digits. */
export const idOf = (prefix: ConfigurationPrefix | 'evt' | 'dlv' | 'da' | 'dlq') =>
  z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`));

/** ISO 8601 in UTC. */
export const time = z.iso.datetime();

/** A whole number from 0. */
export const count = z.int().min(0);

/** Milliseconds. */
export const milliseconds = z.number().min(0);

/** Status of an HTTP response, whatever a receiver may answer. */
export const httpStatus = z.int().min(100).max(999);

/** Header names in lower case; values of headers that carry credentials are hidden. */
export const headers = z.record(z.string(), z.string());

/** What every list says about its total, and where it continues. */
export const totals = {
  total: count.meta({ description: 'How many rows the whole list has, as far as they were counted' }),
  total_is_exact: z.boolean().meta({ description: 'False where the list has more rows than the total says' }),
};

export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'Where the list goes on: the parameter `cursor` of the next call; null at its end' });
