import * as z from 'zod/mini';
import { wholeNumber } from '../../dialects/parameters';

const id = z.string().check(z.minLength(1), z.maxLength(100));

// Filters take every word of the surface; if nothing can have that status, the list is empty.
const listStatus = z.enum(['active', 'paused', 'disabled']);

/** Paging of lists of configuration; up to a thousand rows without `limit`. */
const paging = {
  limit: z.optional(wholeNumber('limit', 1, 100)),
  offset: z._default(wholeNumber('offset', 0, 1_000_000), 0),
  cursor: z.optional(z.string()),
};

/** Parameters of `GET /v1/api-keys`. */
export const apiKeyQuery = z.object(paging);

/** Parameters of `GET /v1/sources`. */
export const sourceQuery = z.object({ ...paging, status: z.optional(listStatus) });

/** Parameters of `GET /v1/destinations`. */
export const destinationQuery = z.object({
  ...paging,
  status: z.optional(listStatus),
  type: z.optional(z.string().check(z.maxLength(100))),
});

/** Parameters of `GET /v1/connections`. */
export const connectionQuery = z.object({
  ...paging,
  source_id: z.optional(id),
  destination_id: z.optional(id),
  status: z.optional(listStatus),
});
