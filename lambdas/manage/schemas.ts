import * as z from 'zod';
import { DEDUP_STRATEGIES, MAX_DEDUP_WINDOW_SECONDS } from '../domain/deduplication';
import { FILTER_OPERATORS } from '../domain/filter-rules';
import { HEADER_NAME, HEADER_VALUE, headersProblem, isReservedHeader } from '../domain/header-rules';
import { MAX_RETRY_AFTER_SECONDS } from '../domain/retry-policy';
import { SIGNATURE_ENCODINGS, VERIFICATION_TYPES } from '../domain/source-verification';
import { isWellFormed } from '../domain/well-formed';
import { storageProblem } from '../store/storable';
import { mirrorProblem, type UrlRules, urlProblem } from './destination-url';

const text = z.string().refine(isWellFormed, 'contains half of a surrogate pair');
export const name = text.trim().min(1).max(255);
export const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must consist of lower-case words joined by hyphens')
  .max(100);

/** Parameters that are part of the surface but not of this version: refused rather than ignored. */
export const unsupported = (what: string, allowed: z.ZodType = z.null()) =>
  z.union([z.undefined(), allowed], { error: `${what} is not supported yet` }).optional();

/** Every body may say which tenant it means; it can only mean the key's own. */
export const tenant = { org_id: z.string().optional(), env_id: z.string().optional() };

export const template = text.min(1).max(100);
export const sourceStatus = z.enum(['active', 'disabled']);

const lowerCaseHeader = z
  .string()
  .max(255)
  .regex(HEADER_NAME, 'is no header name')
  .transform((text) => text.toLowerCase());
const secret = text.min(8).max(1024);

/**
 * How the sender of a source signs, and what makes a request a repetition. Secrets are written and never read. What these
 * mean together is looked at when they are saved.
 */
export const senderSettings = {
  verification: unsupported('verification as an object; use verification_type and its companions; it'),
  verification_enabled: z.boolean().nullish(),
  verification_type: z.enum(VERIFICATION_TYPES).nullish(),
  verification_header: lowerCaseHeader.nullish(),
  verification_encoding: z.enum(SIGNATURE_ENCODINGS).nullish(),
  verification_prefix: text.max(50).nullish(),
  verification_tolerance_seconds: z.int().min(1).max(86_400).nullish(),
  verification_secret: secret.nullish(),
  verification_secrets: z.array(secret).min(1).max(5).nullish(),
  dedup_enabled: z.boolean().nullish(),
  dedup_strategy: z.enum(DEDUP_STRATEGIES).nullish(),
  dedup_header: lowerCaseHeader.nullish(),
  dedup_window_seconds: z.int().min(1).max(MAX_DEDUP_WINDOW_SECONDS).nullish(),
};

export const sourceBody = z.object({
  ...tenant,
  name,
  slug: slug.optional(),
  template: template.nullish(),
  status: sourceStatus.default('active'),
  ...senderSettings,
});

const headerValue = z.string().regex(HEADER_VALUE, 'must be printable ASCII without line breaks');
const headerName = z
  .string()
  .regex(HEADER_NAME, 'is no header name')
  .refine((header) => !isReservedHeader(header), 'is set by Posthorn or by HTTP itself');
export const headers = z.record(headerName, headerValue).superRefine((all, context) => {
  const message = headersProblem(all);
  if (message) context.addIssue({ code: 'custom', message });
});

const credential = z.string().min(1).max(4096).regex(HEADER_VALUE, 'must be printable ASCII');
export const authConfig = z.object({
  username: text.max(255).optional(),
  password: text.max(4096).optional(),
  token: credential.optional(),
  header: headerName.optional(),
  key: credential.optional(),
});

const seconds = z.number().min(0).max(MAX_RETRY_AFTER_SECONDS);
export const retryPolicy = z
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

export const authType = z.enum(['none', 'basic', 'bearer_token', 'api_key']);
const authentication = z.object({ auth_type: authType.default('none'), auth_config: authConfig.default({}) });
export const method = z.enum(['POST', 'PUT', 'PATCH']);
export const timeout = z.int().min(1000).max(30_000);
export const destinationStatus = z.enum(['active', 'paused']);
export const destinationUrl = (rules: UrlRules) =>
  z
    .string()
    .max(2048)
    .superRefine((url, context) => {
      const problem = urlProblem(url, rules);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    });

/**
 * Requests a second. One item of the table orders all deliveries of a destination, and takes a thousand writes a second; a
 * limit below one in a thousand seconds is a pause.
 */
export const rateLimit = z.number().min(0.001).max(1000);

/** A destination has at most this many mirrors: every attempt may be sent to all of them. */
export const MAX_MIRRORS = 5;

export const mirrorUrls = (rules: UrlRules) => z.array(destinationUrl(rules)).max(MAX_MIRRORS);

export const destinationBody = (rules: UrlRules) =>
  z
    .object({
      ...tenant,
      name,
      slug: slug.optional(),
      type: z.literal('http').default('http'),
      url: destinationUrl(rules),
      mirror_urls: mirrorUrls(rules).nullish(),
      method: method.default('POST'),
      headers: headers.default({}),
      ...authentication.shape,
      timeout_ms: timeout.default(15_000),
      retry_policy: retryPolicy.nullish(),
      rate_limit: rateLimit.nullish(),
      status: destinationStatus.default('active'),
    })
    .superRefine(requireCredentials)
    .superRefine(({ url, mirror_urls }, context) => {
      const message = mirrorProblem(url, mirror_urls ?? []);
      if (message) context.addIssue({ code: 'custom', path: ['mirror_urls'], message });
    });

/** A kind of authentication with the credentials that it needs. */
export const requiredCredentials = authentication.superRefine(requireCredentials);

function requireCredentials(
  { auth_type, auth_config }: z.output<typeof authentication>,
  context: z.RefinementCtx,
): void {
  for (const field of REQUIRED_CREDENTIALS[auth_type]) {
    if (auth_config[field] !== undefined) continue;
    const message = `is required by auth_type ${auth_type}`;
    context.addIssue({ code: 'custom', path: ['auth_config', field], message });
  }
}

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

export const filterRules = z.array(filterRule).max(50);
export const description = text.max(1000);

/** JSON Schema 2020-12; what else it has to be is looked at when it is saved. */
export const payloadSchema = z
  .union([z.boolean(), z.record(z.string(), z.unknown())], { error: 'must be a JSON Schema: an object or a boolean' })
  .meta({ description: 'JSON Schema 2020-12 that payloads have to match' });

export const connectionBody = z.object({
  ...tenant,
  name,
  description: description.nullish(),
  source_id: z.string().nullish(),
  destination_id: z.string(),
  filter_rules: filterRules.nullish(),
  schema: payloadSchema.nullish(),
  enabled: z.boolean().default(true),
});
