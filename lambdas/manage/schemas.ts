import * as z from 'zod';
import { FILTER_OPERATORS } from '../domain/filter-rules';
import { MAX_RETRY_AFTER_SECONDS } from '../domain/retry-policy';
import { storageProblem } from '../store/storable';
import { type UrlRules, urlProblem } from './destination-url';
import { HEADER_NAME, HEADER_VALUE, isReservedHeader } from './forbidden-headers';

const name = z.string().trim().min(1).max(255);
const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must consist of lower-case words joined by hyphens')
  .max(100);

/** Every body may say which tenant it means; it can only mean the key's own. */
const tenant = { org_id: z.string().optional(), env_id: z.string().optional() };

export const sourceBody = z.object({
  ...tenant,
  name,
  slug: slug.optional(),
  template: z.string().max(100).optional(),
});

const headerValue = z.string().regex(HEADER_VALUE, 'must be printable ASCII without line breaks');
const headerName = z
  .string()
  .regex(HEADER_NAME, 'is no header name')
  .refine((header) => !isReservedHeader(header), 'is set by Posthorn or by HTTP itself');
const headers = z.record(headerName, headerValue);

const credential = z.string().min(1).max(4096).regex(HEADER_VALUE, 'must be printable ASCII');
const authConfig = z.object({
  username: z.string().max(255).optional(),
  password: z.string().max(4096).optional(),
  token: credential.optional(),
  header: headerName.optional(),
  key: credential.optional(),
});

const seconds = z.number().min(0).max(MAX_RETRY_AFTER_SECONDS);
const retryPolicy = z
  .object({
    max_attempts: z.int().min(1).max(50).default(5),
    schedule: z.array(seconds).min(1).max(50).optional(),
    exponential: z
      .object({
        initial_seconds: seconds.min(1),
        factor: z.number().min(1).max(10).default(2),
        max_seconds: seconds.min(1).default(7200),
      })
      .optional(),
  })
  .refine(
    ({ schedule, exponential }) => !(schedule && exponential),
    'takes a schedule or exponential settings, not both',
  );

/** Parameters that are part of the surface but not of this version: refused rather than ignored. */
const unsupported = (what: string) => z.undefined({ error: `${what} is not supported yet` });

export const destinationBody = (rules: UrlRules) =>
  z
    .object({
      ...tenant,
      name,
      slug: slug.optional(),
      type: z.literal('http').default('http'),
      url: z
        .string()
        .max(2048)
        .superRefine((url, context) => {
          const problem = urlProblem(url, rules);
          if (problem) context.addIssue({ code: 'custom', message: problem });
        }),
      method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
      headers: headers.default({}),
      auth_type: z.enum(['none', 'basic', 'bearer_token', 'api_key']).default('none'),
      auth_config: authConfig.default({}),
      timeout_ms: z.int().min(1000).max(30_000).default(15_000),
      retry_policy: retryPolicy.optional(),
      status: z.enum(['active', 'paused']).default('active'),
      mirror_urls: unsupported('mirroring').or(z.array(z.never()).max(0)).optional(),
      rate_limit: unsupported('a rate limit').or(z.null()).optional(),
    })
    .superRefine(({ auth_type, auth_config }, context) => {
      for (const field of REQUIRED_CREDENTIALS[auth_type]) {
        if (auth_config[field] !== undefined) continue;
        context.addIssue({
          code: 'custom',
          path: ['auth_config', field],
          message: `is required by auth_type ${auth_type}`,
        });
      }
    });

/** Which members of `auth_config` each kind of authentication needs. */
const REQUIRED_CREDENTIALS = {
  none: [],
  basic: ['username', 'password'],
  bearer_token: ['token'],
  api_key: ['header', 'key'],
} as const;

export type DestinationBody = z.output<ReturnType<typeof destinationBody>>;

const filterRule = z
  .object({
    field: z
      .string()
      .regex(/^(body(\..+)?|headers\..+|type)$/, 'must be type, or start with body or headers.')
      .max(255),
    operator: z.enum(FILTER_OPERATORS),
    value: z.unknown().optional(),
  })
  .superRefine(({ operator, value }, context) => {
    if (operator !== 'exists' && value === undefined) {
      context.addIssue({ code: 'custom', path: ['value'], message: `is required by the operator ${operator}` });
    }
    const problem = storageProblem(value);
    if (problem) context.addIssue({ code: 'custom', path: ['value'], message: problem });
    if ((operator === 'in' || operator === 'nin') && value !== undefined && !Array.isArray(value)) {
      context.addIssue({ code: 'custom', path: ['value'], message: `must be a list for the operator ${operator}` });
    }
  });

export const connectionBody = z.object({
  ...tenant,
  name,
  description: z.string().max(1000).optional(),
  source_id: z.string().optional(),
  destination_id: z.string(),
  filter_rules: z.array(filterRule).max(50).default([]),
  schema: unsupported('a schema').or(z.null()).optional(),
  enabled: z.boolean().default(true),
});
