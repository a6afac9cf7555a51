import { createHmac, timingSafeEqual } from 'node:crypto';

/** How a sender signs: two general schemes, and known senders with their own. */
export const VERIFICATION_TYPES = ['standard', 'hmac-sha256', 'github', 'stripe', 'shopify', 'slack'] as const;
export type VerificationType = (typeof VERIFICATION_TYPES)[number];

export const SIGNATURE_ENCODINGS = ['hex', 'base64', 'base64url'] as const;
export type SignatureEncoding = (typeof SIGNATURE_ENCODINGS)[number];

/** How a source verifies its sender. */
export interface Verification {
  readonly type: VerificationType;
  /** The header with the signature, in lower case. */
  readonly header: string;
  readonly encoding: SignatureEncoding;
  /** What precedes a signature in its header. */
  readonly prefix: string;
  /** How far a signed time may be from now, either way; unused if the sender does not sign a time. */
  readonly toleranceSeconds: number;
  /** More than one while a secret is being rotated. */
  readonly secrets: readonly string[];
}

type Preset = Pick<Verification, 'header' | 'encoding' | 'prefix'> & { readonly timed: boolean };

/**
 * How known senders sign. Sources: standardwebhooks.com, docs.github.com/webhooks (validating deliveries),
 * docs.stripe.com/webhooks (verifying manually), shopify.dev (HTTPS webhooks), docs.slack.dev (verifying requests).
 */
export const PRESETS: Readonly<Record<Exclude<VerificationType, 'hmac-sha256'>, Preset>> = {
  standard: { header: 'webhook-signature', encoding: 'base64', prefix: 'v1,', timed: true },
  github: { header: 'x-hub-signature-256', encoding: 'hex', prefix: 'sha256=', timed: false },
  stripe: { header: 'stripe-signature', encoding: 'hex', prefix: 'v1=', timed: true },
  shopify: { header: 'x-shopify-hmac-sha256', encoding: 'base64', prefix: '', timed: false },
  slack: { header: 'x-slack-signature', encoding: 'hex', prefix: 'v0=', timed: true },
};

/** Whether a scheme signs a time. */
export const isTimed = (type: VerificationType): boolean => type !== 'hmac-sha256' && PRESETS[type].timed;

/** Five minutes: what the senders that sign a time recommend. */
export const DEFAULT_TOLERANCE_SECONDS = 300;

/** A request as it came; header names in lower case. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export type VerificationResult = 'verified' | 'missing' | 'stale' | 'wrong';

/** What is signed besides the body, and the signed time in seconds if there is one. */
interface Envelope {
  readonly before: string;
  readonly time?: string | undefined;
}

/**
 * Verifies the signature of a request over the bytes of its body. The comparison takes constant time.
 *
 * @param now milliseconds since the epoch
 */
export function verifySignature(verification: Verification, request: SignedRequest, now: number): VerificationResult {
  const { type, toleranceSeconds, secrets } = verification;
  const signatures = signaturesIn(verification, request);
  const envelope = envelopeOf(type, request);
  if (signatures.length === 0 || !envelope) return 'missing';
  const expected = secrets.map((secret) => hmac(keyOf(type, secret), envelope.before, request.body));
  const genuine = expected.some((one) => signatures.some((signature) => timingSafeEqual(one, signature)));
  if (!genuine) return 'wrong';
  if (envelope.time === undefined) return 'verified';
  return Math.abs(now / 1000 - Number(envelope.time)) <= toleranceSeconds ? 'verified' : 'stale';
}

const hmac = (key: Uint8Array, before: string, body: Uint8Array): Buffer =>
  createHmac('sha256', key).update(before).update(body).digest();

/** Secrets of Standard Webhooks are base64; all others are used as they are. */
function keyOf(type: VerificationType, secret: string): Uint8Array {
  return type === 'standard' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : Buffer.from(secret, 'utf8');
}

const ENCODED: Readonly<Record<SignatureEncoding, RegExp>> = {
  hex: /^[0-9a-f]{64}$/i,
  base64: /^[A-Za-z0-9+/]{43}=?$/,
  base64url: /^[A-Za-z0-9_-]{43}=?$/,
};

/** The signatures of a request, 32 bytes each. A header may hold several: during a rotation, or in several versions. */
function signaturesIn({ header, prefix, encoding, type }: Verification, { headers }: SignedRequest): Buffer[] {
  const value = headers[header] ?? '';
  const parts = type === 'standard' ? value.split(/ +/) : value.split(/[\s,]+/);
  return parts
    .filter((part) => part.startsWith(prefix))
    .map((part) => part.slice(prefix.length))
    .filter((signature) => ENCODED[encoding].test(signature))
    .map((signature) => Buffer.from(signature, encoding));
}

const SECONDS = /^\d{1,12}$/;

function envelopeOf(type: VerificationType, { headers }: SignedRequest): Envelope | undefined {
  switch (type) {
    case 'standard': {
      const id = headers['webhook-id'];
      return id ? timed(headers['webhook-timestamp'], (time) => `${id}.${time}.`) : undefined;
    }
    case 'stripe':
      return timed(/(?:^|,)\s*t=(\d+)/.exec(headers['stripe-signature'] ?? '')?.[1], (time) => `${time}.`);
    case 'slack':
      return timed(headers['x-slack-request-timestamp'], (time) => `v0:${time}:`);
    case 'hmac-sha256':
    case 'github':
    case 'shopify':
      return { before: '' };
    default:
      return type satisfies never;
  }
}

function timed(time: string | undefined, before: (time: string) => string): Envelope | undefined {
  return time !== undefined && SECONDS.test(time) ? { time, before: before(time) } : undefined;
}
