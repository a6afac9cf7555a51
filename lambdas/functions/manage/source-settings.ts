import type * as z from 'zod/mini';
import { DEFAULT_DEDUP_WINDOW_SECONDS, type Deduplication } from '../../domain/deduplication';
import {
  DEFAULT_TOLERANCE_SECONDS,
  isTimed,
  PRESETS,
  type Verification,
  type VerificationType,
} from '../../domain/source-verification';
import { invalid } from '../../http/errors';
import type { Source } from '../../store/configuration/configuration';
import type { sourceChange } from './change-schemas';

type Body = z.output<typeof sourceChange>;
type Stored<Member extends 'verification' | 'deduplication'> = Source[Member] | null | undefined;

/**
 * What a body says about signatures, put together with what is stored: undefined when it says nothing, null when nothing
 * is to be verified any more.
 *
 * @throws ApiError 400 naming the field that is missing or has no meaning
 */
export function verificationOf(body: Body, current?: Verification): Stored<'verification'> {
  const { verification_enabled: enabled, verification_type: asked } = body;
  if (enabled === false || enabled === null || asked === null) return null;
  const given = Object.entries(body).filter(([name, value]) => name.startsWith('verification_') && value != null);
  if (given.length === 0) return undefined;
  const type = asked ?? current?.type;
  if (!type) throw invalid('verification_type', 'is required');
  const known = current?.type === type ? current : undefined;
  const secrets = secretsOf(body) ?? known?.secrets;
  if (!secrets) throw invalid('verification_secret', 'is required');
  if (type === 'standard') refuseUndecodable(secrets);
  const { verification_tolerance_seconds: tolerance } = body;
  if (tolerance != null && !isTimed(type)) {
    throw invalid('verification_tolerance_seconds', `means nothing for ${type}, which signs no time`);
  }
  const toleranceSeconds = tolerance ?? known?.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS;
  return { type, ...placeOf(type, body, known), toleranceSeconds, secrets: [...secrets] };
}

function secretsOf({ verification_secret: one, verification_secrets: several }: Body): readonly string[] | undefined {
  if (one && several) throw invalid('verification_secrets', 'cannot be given together with verification_secret');
  return several ?? (one ? [one] : undefined);
}

/** Where the signature stands. Known senders have one place for it. */
function placeOf(type: VerificationType, body: Body, known: Verification | undefined) {
  const { verification_header: header, verification_encoding: encoding, verification_prefix: prefix } = body;
  if (type === 'hmac-sha256') {
    const name = header ?? known?.header;
    if (!name) throw invalid('verification_header', 'is required by the type hmac-sha256');
    return { header: name, encoding: encoding ?? known?.encoding ?? 'hex', prefix: prefix ?? known?.prefix ?? '' };
  }
  const preset = PRESETS[type];
  if (header != null && header !== preset.header)
    throw invalid('verification_header', `is ${preset.header} for ${type}`);
  if (encoding != null && encoding !== preset.encoding) {
    throw invalid('verification_encoding', `is ${preset.encoding} for ${type}`);
  }
  if (prefix != null && prefix !== preset.prefix)
    throw invalid('verification_prefix', `is "${preset.prefix}" for ${type}`);
  return { header: preset.header, encoding: preset.encoding, prefix: preset.prefix };
}

const STANDARD_SECRET = /^(whsec_)?[A-Za-z0-9+/]{16,}={0,2}$/;

function refuseUndecodable(secrets: readonly string[]): void {
  if (secrets.every((secret) => STANDARD_SECRET.test(secret))) return;
  throw invalid('verification_secret', 'must be base64, with or without whsec_ before it, for the type standard');
}

/** The same about deduplication. */
export function deduplicationOf(body: Body, current?: Deduplication): Stored<'deduplication'> {
  const { dedup_enabled: enabled, dedup_strategy: asked, dedup_header: header, dedup_window_seconds: window } = body;
  if (enabled === false || enabled === null || asked === null) return null;
  if ([enabled, asked, header, window].every((value) => value == null)) return undefined;
  const strategy = asked ?? current?.strategy;
  if (!strategy) throw invalid('dedup_strategy', 'is required');
  const windowSeconds = window ?? current?.windowSeconds ?? DEFAULT_DEDUP_WINDOW_SECONDS;
  if (strategy === 'body') {
    if (header != null) throw invalid('dedup_header', 'means nothing for the strategy body');
    return { strategy, windowSeconds };
  }
  const name = header ?? current?.header;
  if (!name) throw invalid('dedup_header', 'is required by the strategy header');
  return { strategy, header: name, windowSeconds };
}
