import * as z from 'zod';
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
  name: name.optional(),
  slug: slug.optional(),
  template: template.nullish(),
  status: sourceStatus.optional(),
  ...senderSettings,
});

/** Body of `PATCH /v1/destinations/{id}`. Credentials are written and never read. */
export const destinationChange = (rules: UrlRules) =>
  z.object({
    ...tenant,
    name: name.optional(),
    slug: slug.optional(),
    type: z.literal('http').optional(),
    url: destinationUrl(rules).optional(),
    mirror_urls: mirrorUrls(rules).nullish(),
    method: method.optional(),
    headers: headers.optional(),
    auth_type: authType.optional(),
    auth_config: authConfig.optional(),
    timeout_ms: timeout.optional(),
    retry_policy: retryPolicy.nullish(),
    rate_limit: rateLimit.nullish(),
    status: destinationStatus.optional(),
  });

export type DestinationChange = z.output<ReturnType<typeof destinationChange>>;

/** Body of `PATCH /v1/connections/{id}`. A `source_id` of null means every source. */
export const connectionChange = z.object({
  ...tenant,
  name: name.optional(),
  description: description.nullish(),
  source_id: z.string().nullish(),
  destination_id: z.string().optional(),
  filter_rules: filterRules.nullish(),
  schema: payloadSchema.nullish(),
  enabled: z.boolean().optional(),
});

const id = z.string().min(1).max(100);

// A filter that names a word of the surface is answered, with an empty list where nothing can have it.
const listStatus = z.enum(['active', 'paused', 'disabled']);

/** Parameters of `GET /v1/sources`. */
export const sourceQuery = z.object({ status: listStatus.optional() });

/** Parameters of `GET /v1/destinations`. */
export const destinationQuery = z.object({ status: listStatus.optional(), type: z.string().max(100).optional() });

/** Parameters of `GET /v1/connections`. */
export const connectionQuery = z.object({
  source_id: id.optional(),
  destination_id: id.optional(),
  status: listStatus.optional(),
});
