import * as z from 'zod/mini';
import { wholeNumber } from '../../dialects/parameters';
import type { UrlRules } from './destination-url';
import {
  authConfig,
  authType,
  description,
  destinationStatus,
  destinationUrl,
  filterRules,
  headers,
  method,
  mirrorUrls,
  name,
  payloadSchema,
  rateLimit,
  retryPolicy,
  senderSettings,
  slug,
  sourceStatus,
  template,
  tenant,
  timeout,
} from './schemas';

/** Body of `PATCH /v1/sources/{id}`: what is absent stays as it is; null takes a value away. */
export const sourceChange = z.object({
  ...tenant,
  name: z.optional(name),
  slug: z.optional(slug),
  template: z.nullish(template),
  status: z.optional(sourceStatus),
  ...senderSettings,
});

/** Body of `PATCH /v1/destinations/{id}`. Credentials are written and never read. */
export const destinationChange = (rules: UrlRules) =>
  z.object({
    ...tenant,
    name: z.optional(name),
    slug: z.optional(slug),
    type: z.optional(z.literal('http')),
    url: z.optional(destinationUrl(rules)),
    mirror_urls: z.nullish(mirrorUrls(rules)),
    method: z.optional(method),
    headers: z.optional(headers),
    auth_type: z.optional(authType),
    auth_config: z.optional(authConfig),
    timeout_ms: z.optional(timeout),
    retry_policy: z.nullish(retryPolicy),
    rate_limit: z.nullish(rateLimit),
    status: z.optional(destinationStatus),
  });

export type DestinationChange = z.output<ReturnType<typeof destinationChange>>;

/** Body of `PATCH /v1/connections/{id}`. A `source_id` of null means every source. */
export const connectionChange = z.object({
  ...tenant,
  name: z.optional(name),
  description: z.nullish(description),
  source_id: z.nullish(z.string()),
  destination_id: z.optional(z.string()),
  filter_rules: z.nullish(filterRules),
  schema: z.nullish(payloadSchema),
  enabled: z.optional(z.boolean()),
});

const id = z.string().check(z.minLength(1), z.maxLength(100));

// A filter that names a word of the surface is answered, with an empty list where nothing can have it.
const listStatus = z.enum(['active', 'paused', 'disabled']);

/** Which part of a list of configuration is wanted; without `limit` up to a thousand rows. */
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
