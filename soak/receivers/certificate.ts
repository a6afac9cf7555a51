import { generate } from 'selfsigned';

/** A key and a certificate that nobody vouches for. */
export async function selfSignedCertificate(): Promise<{ readonly key: string; readonly cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  return { key, cert };
}
