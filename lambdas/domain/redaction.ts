/** What replaces a credential in records and answers. */
const REDACTED = '***';

/** Whether a destination's header of that name carries a credential. */
export function isCredentialName(name: string): boolean {
  return /auth|token|secret|key|passw|cookie|credential|session/i.test(name);
}

/** Header values with the credentials among them replaced; an authentication scheme stays readable: `Bearer ***`. */
export function redactHeaders(
  headers: Readonly<Record<string, string>>,
  isSecret: (name: string) => boolean = isCredentialName,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecret(name) ? redact(name, value) : value]),
  );
}

function redact(name: string, value: string): string {
  const scheme = name.toLowerCase() === 'authorization' ? /^(Basic|Bearer) /.exec(value)?.[0] : undefined;
  return `${scheme ?? ''}${REDACTED}`;
}
