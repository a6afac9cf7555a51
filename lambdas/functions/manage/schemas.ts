import * as z from 'zod/mini';
import { DEDUP_STRATEGIES, MAX_DEDUP_WINDOW_SECONDS } from '../../domain/deduplication';
import { FILTER_OPERATORS } from '../../domain/filter-rules';
import { HEADER_NAME, HEADER_VALUE, headersProblem, isReservedHeader } from '../../domain/header-rules';
import { MAX_RETRY_AFTER_SECONDS } from '../../domain/retry-policy';
import { SIGNATURE_ENCODINGS, VERIFICATION_TYPES } from '../../domain/source-verification';
import { isWellFormed } from '../../domain/well-formed';
import { storageProblem } from '../../store/table/item-limits';
import { mirrorProblem, type UrlRules, urlProblem } from './destination-url';

const text = z.string().check(z.refine(isWellFormed, 'contains half of a surrogate pair'));
export const name = text.check(z.trim(), z.minLength(1), z.maxLength(255));
export const slug = z
  .string()
  .check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must consist of lower-case words joined by hyphens'), z.maxLength(100));

/** Parameters that are part of the surface but not of this version: refused rather than ignored. */
export const unsupported = (what: string, allowed: z.ZodMiniType = z.null()) =>
  z.optional(z.union([z.undefined(), allowed], { error: `${what} is not supported yet` }));

/** Every body may say which tenant it means; it can only mean the key's own. */
export const tenant = { org_id: z.optional(z.string()), env_id: z.optional(z.string()) };

export const template = text.check(z.minLength(1), z.maxLength(100));
export const sourceStatus = z.enum(['active', 'disabled']);

const lowerCaseHeader = z.pipe(
  z.string().check(z.maxLength(255), z.regex(HEADER_NAME, 'is no header name')),
  z.transform((text) => text.toLowerCase()),
);
const secret = text.check(z.minLength(8), z.maxLength(1024));

/**
 * How the sender of a source signs, and what makes a request a repetition. Secrets are written and never read. What these
 * mean together is looked at when they are saved.
 */
export const senderSettings = {
  verification: unsupported('verification as an object; use verification_type and its companions; it'),
  verification_enabled: z.nullish(z.boolean()),
  verification_type: z.nullish(z.enum(VERIFICATION_TYPES)),
  verification_header: z.nullish(lowerCaseHeader),
  verification_encoding: z.nullish(z.enum(SIGNATURE_ENCODINGS)),
  verification_prefix: z.nullish(text.check(z.maxLength(50))),
  verification_tolerance_seconds: z.nullish(z.int().check(z.minimum(1), z.maximum(86_400))),
  verification_secret: z.nullish(secret),
  verification_secrets: z.nullish(z.array(secret).check(z.minLength(1), z.maxLength(5))),
  dedup_enabled: z.nullish(z.boolean()),
  dedup_strategy: z.nullish(z.enum(DEDUP_STRATEGIES)),
  dedup_header: z.nullish(lowerCaseHeader),
  dedup_window_seconds: z.nullish(z.int().check(z.minimum(1), z.maximum(MAX_DEDUP_WINDOW_SECONDS))),
};

export const sourceBody = z.object({
  ...tenant,
  name,
  slug: z.optional(slug),
  template: z.nullish(template),
  status: z._default(sourceStatus, 'active'),
  ...senderSettings,
});

const headerValue = z.string().check(z.regex(HEADER_VALUE, 'must be printable ASCII without line breaks'));
const headerName = z.string().check(
  z.regex(HEADER_NAME, 'is no header name'),
  z.refine((header) => !isReservedHeader(header), 'is set by Posthorn or by HTTP itself'),
);
export const headers = z.record(headerName, headerValue).check(
  z.superRefine((all, context) => {
    const message = headersProblem(all);
    if (message) context.addIssue({ code: 'custom', message });
  }),
);

const credential = z
  .string()
  .check(z.minLength(1), z.maxLength(4096), z.regex(HEADER_VALUE, 'must be printable ASCII'));
export const authConfig = z.object({
  username: z.optional(text.check(z.maxLength(255))),
  password: z.optional(text.check(z.maxLength(4096))),
  token: z.optional(credential),
  header: z.optional(headerName),
  key: z.optional(credential),
});

const seconds = z.number().check(z.minimum(0), z.maximum(MAX_RETRY_AFTER_SECONDS));
export const retryPolicy = z
  .object({
    max_attempts: z._default(z.int().check(z.minimum(1), z.maximum(50)), 5),
    schedule: z.optional(z.array(seconds).check(z.minLength(1), z.maxLength(50))),
    exponential: z.optional(
      z.object({
        initial_seconds: seconds.check(z.minimum(1)),
        factor: z._default(z.number().check(z.minimum(1), z.maximum(10)), 2),
        max_seconds: z._default(seconds.check(z.minimum(1)), 7200),
      }),
    ),
  })
  .check(
    z.refine(
      ({ schedule, exponential }) => !(schedule && exponential),
      'takes a schedule or exponential settings, not both',
    ),
  );

export const authType = z.enum(['none', 'basic', 'bearer_token', 'api_key']);
const authentication = z.object({ auth_type: z._default(authType, 'none'), auth_config: z._default(authConfig, {}) });
export const method = z.enum(['POST', 'PUT', 'PATCH']);
export const timeout = z.int().check(z.minimum(1000), z.maximum(30_000));
export const destinationStatus = z.enum(['active', 'paused']);
export const destinationUrl = (rules: UrlRules) =>
  z.string().check(
    z.maxLength(2048),
    z.superRefine((url, context) => {
      const problem = urlProblem(url, rules);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    }),
  );

/**
 * Requests a second. One item of the table orders all deliveries of a destination, and takes a thousand writes a second; a
 * limit below one in a thousand seconds is a pause.
 */
export const rateLimit = z.number().check(z.minimum(0.001), z.maximum(1000));

/** A destination has at most this many mirrors: every attempt may be sent to all of them. */
export const MAX_MIRRORS = 5;

export const mirrorUrls = (rules: UrlRules) => z.array(destinationUrl(rules)).check(z.maxLength(MAX_MIRRORS));

export const destinationBody = (rules: UrlRules) =>
  z
    .object({
      ...tenant,
      name,
      slug: z.optional(slug),
      type: z._default(z.literal('http'), 'http'),
      url: destinationUrl(rules),
      mirror_urls: z.nullish(mirrorUrls(rules)),
      method: z._default(method, 'POST'),
      headers: z._default(headers, {}),
      ...authentication.shape,
      timeout_ms: z._default(timeout, 15_000),
      retry_policy: z.nullish(retryPolicy),
      rate_limit: z.nullish(rateLimit),
      status: z._default(destinationStatus, 'active'),
    })
    .check(
      z.superRefine(requireCredentials),
      z.superRefine(({ url, mirror_urls }, context) => {
        const message = mirrorProblem(url, mirror_urls ?? []);
        if (message) context.addIssue({ code: 'custom', path: ['mirror_urls'], message });
      }),
    );

/** A kind of authentication with the credentials that it needs. */
export const requiredCredentials = authentication.check(z.superRefine(requireCredentials));

function requireCredentials(
  { auth_type, auth_config }: z.output<typeof authentication>,
  context: z.core.$RefinementCtx,
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
      .check(
        z.regex(/^(body(\..+)?|headers\..+|type)$/, 'must be type, or start with body or headers.'),
        z.maxLength(255),
      ),
    operator: z.enum(FILTER_OPERATORS),
    value: z.optional(z.unknown()),
  })
  .check(
    z.superRefine(({ operator, value }, context) => {
      if (operator !== 'exists' && value === undefined) {
        context.addIssue({ code: 'custom', path: ['value'], message: `is required by the operator ${operator}` });
      }
      const problem = storageProblem(value);
      if (problem) context.addIssue({ code: 'custom', path: ['value'], message: problem });
      if ((operator === 'in' || operator === 'nin') && value !== undefined && !Array.isArray(value)) {
        context.addIssue({ code: 'custom', path: ['value'], message: `must be a list for the operator ${operator}` });
      }
    }),
  );

export const filterRules = z.array(filterRule).check(z.maxLength(50));
export const description = text.check(z.maxLength(1000));

/** JSON Schema 2020-12; what else it has to be is looked at when it is saved. */
export const payloadSchema = z
  .union([z.boolean(), z.record(z.string(), z.unknown())], { error: 'must be a JSON Schema: an object or a boolean' })
  .register(z.globalRegistry, { description: 'JSON Schema 2020-12 that payloads have to match' });

export const connectionBody = z.object({
  ...tenant,
  name,
  description: z.nullish(description),
  source_id: z.nullish(z.string()),
  destination_id: z.string(),
  filter_rules: z.nullish(filterRules),
  schema: z.nullish(payloadSchema),
  enabled: z._default(z.boolean(), true),
});
