import * as z from 'zod/mini';
import { HEADER_NAME } from '../domain/header-rules';
import {
  DEFAULT_TOLERANCE_SECONDS,
  isTimed,
  PRESETS,
  SIGNATURE_ENCODINGS,
  VERIFICATION_TYPES,
  type Verification,
  type VerificationType,
} from '../domain/source-verification';
import { clearable, type Given, InvalidMember, member, optional } from './members';
import { text } from './names';

/** The name of a header that senders use, in lower case. */
export const lowerCaseHeader = () =>
  z.pipe(
    z.string().check(z.maxLength(255), z.regex(HEADER_NAME, 'is no header name')),
    z.transform((header) => header.toLowerCase()),
  );

const secret = () => text().check(z.minLength(8), z.maxLength(1024));
const asObject = 'verification as an object; use verification_type and its companions; it is not supported yet';

const fields = () => ({
  verification: optional(z.union([z.undefined(), z.null()], { error: asObject })),
  verification_enabled: clearable(z.boolean()),
  verification_type: clearable(z.enum(VERIFICATION_TYPES)),
  verification_header: clearable(lowerCaseHeader()),
  verification_encoding: clearable(z.enum(SIGNATURE_ENCODINGS)),
  verification_prefix: clearable(text().check(z.maxLength(50))),
  verification_tolerance_seconds: clearable(z.int().check(z.minimum(1), z.maximum(86_400))),
  verification_secret: clearable(secret()),
  verification_secrets: clearable(z.array(secret()).check(z.minLength(1), z.maxLength(5))),
});

/** How the sender of a source signs; absent: nothing is verified. Its secrets are written and never shown. */
export const verification = member({
  body: fields,
  kept: () =>
    z.optional(
      z.object({
        type: z.enum(VERIFICATION_TYPES),
        header: z.string(),
        encoding: z.enum(SIGNATURE_ENCODINGS),
        prefix: z.string(),
        toleranceSeconds: z.number(),
        secrets: z.array(z.string()).check(z.minLength(1)),
      }),
    ),
  read: readVerification,
  answer: () => ({
    verification_enabled: z.boolean(),
    verification_type: z.nullable(z.enum(VERIFICATION_TYPES)),
    verification_header: z.nullable(z.string()),
    verification_encoding: z.nullable(z.enum(SIGNATURE_ENCODINGS)),
    verification_prefix: z.nullable(z.string()),
    verification_tolerance_seconds: z.nullable(z.int()),
  }),
  write: (kept) => ({
    verification_enabled: kept !== undefined,
    verification_type: kept?.type ?? null,
    verification_header: kept?.header ?? null,
    verification_encoding: kept?.encoding ?? null,
    verification_prefix: kept?.prefix ?? null,
    verification_tolerance_seconds: kept && isTimed(kept.type) ? kept.toleranceSeconds : null,
  }),
});

type Body = Given<ReturnType<typeof fields>>;

/** Merges a body into the stored settings: undefined if the body says nothing, null if signatures are no longer verified. */
function readVerification(body: Body, before: Verification | undefined) {
  const { verification_enabled: enabled, verification_type: asked, verification_tolerance_seconds: tolerance } = body;
  if (enabled === false || enabled === null || asked === null) return null;
  const { verification_header: header, verification_encoding: encoding, verification_prefix: prefix } = body;
  const secret = body.verification_secret ?? body.verification_secrets;
  const given = [enabled, asked, header, encoding, prefix, tolerance, secret];
  if (given.every((value) => value == null)) return undefined;
  const type = asked ?? before?.type;
  if (!type) throw new InvalidMember('verification_type', 'is required');
  const known = before?.type === type ? before : undefined;
  const secrets = secretsOf(body) ?? known?.secrets;
  if (!secrets) throw new InvalidMember('verification_secret', 'is required');
  if (type === 'standard') refuseUndecodable(secrets);
  if (tolerance != null && !isTimed(type)) {
    throw new InvalidMember('verification_tolerance_seconds', `means nothing for ${type}, which signs no time`);
  }
  const toleranceSeconds = tolerance ?? known?.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS;
  return { type, ...placeOf(type, { header, encoding, prefix }, known), toleranceSeconds, secrets: [...secrets] };
}

function secretsOf({ verification_secret: one, verification_secrets: several }: Body): readonly string[] | undefined {
  if (one && several) {
    throw new InvalidMember('verification_secrets', 'cannot be given together with verification_secret');
  }
  return several ?? (one ? [one] : undefined);
}

type Place = Pick<Verification, 'header' | 'encoding' | 'prefix'>;
type AskedPlace = { readonly [Part in keyof Place]: Place[Part] | null | undefined };

/** Where the signature is. For known senders that is fixed. */
function placeOf(type: VerificationType, { header, encoding, prefix }: AskedPlace, known: Place | undefined): Place {
  if (type === 'hmac-sha256') {
    const name = header ?? known?.header;
    if (!name) throw new InvalidMember('verification_header', 'is required by the type hmac-sha256');
    return { header: name, encoding: encoding ?? known?.encoding ?? 'hex', prefix: prefix ?? known?.prefix ?? '' };
  }
  const place = PRESETS[type];
  if (header != null && header !== place.header) {
    throw new InvalidMember('verification_header', `is ${place.header} for ${type}`);
  }
  if (encoding != null && encoding !== place.encoding) {
    throw new InvalidMember('verification_encoding', `is ${place.encoding} for ${type}`);
  }
  if (prefix != null && prefix !== place.prefix) {
    throw new InvalidMember('verification_prefix', `is "${place.prefix}" for ${type}`);
  }
  return { header: place.header, encoding: place.encoding, prefix: place.prefix };
}

const STANDARD_SECRET = /^(whsec_)?[A-Za-z0-9+/]{16,}={0,2}$/;

function refuseUndecodable(secrets: readonly string[]): void {
  if (secrets.every((secret) => STANDARD_SECRET.test(secret))) return;
  throw new InvalidMember(
    'verification_secret',
    'must be base64, with or without whsec_ before it, for the type standard',
  );
}
