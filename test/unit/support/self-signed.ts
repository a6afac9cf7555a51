import { generate } from 'selfsigned';

const DAY_MS = 86_400_000;

/** A key and a certificate in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/**
 * Makes a key and a certificate that vouches for itself: nobody trusts it who is not told to.
 *
 * @param name whom it is for
 * @param validFor days from now at which it begins and ends
 */
export async function selfSigned(
  name = 'localhost',
  validFor: readonly [from: number, to: number] = [-1, 1],
): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: name }], {
    notBeforeDate: new Date(Date.now() + validFor[0] * DAY_MS),
    notAfterDate: new Date(Date.now() + validFor[1] * DAY_MS),
    ...{ keyType: 'ec', algorithm: 'sha256' },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  return { key: made.private, cert: made.cert };
}
