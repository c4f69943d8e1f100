import { type KeyObject, X509Certificate } from 'node:crypto';

export type CertificateSettings = {
  /** From where certificates are fetched, `https://host`: nothing else is ever asked. */
  origins: readonly string[];
  /** PEM of whom to trust. */
  roots: readonly string[];
  timeoutMs: number;
  now: () => number;
};

/** PayPal's public key of that address, or why it isn't to be believed. */
export type SigningKeys = (url: string) => Promise<{ key: KeyObject } | { invalid: string }>;

type Known = { key: KeyObject; until: number };

/** PayPal uses a few at a time. */
const limit = 16;
const longestPem = 65_536;

/** Keys of certificates whose chain ends in a root that is trusted and which bear PayPal's name; kept in memory until they expire. */
export const signingKeys = ({ origins, roots, timeoutMs, now }: CertificateSettings): SigningKeys => {
  const trusted = roots.map((pem) => new X509Certificate(pem));
  const known = new Map<string, Promise<Known | { invalid: string }>>();

  const fetched = async (url: URL): Promise<Known | { invalid: string }> => {
    const pem = await download(url, timeoutMs);
    return pem === undefined ? { invalid: 'the certificate can’t be had' } : keyIn(pem, trusted, new Date(now()));
  };

  return async (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !origins.includes(url.origin)) return { invalid: 'the certificate is at no address of PayPal’s' };
    const found = await (known.get(url.href) ?? keep(known, url.href, fetched(url)));
    if ('until' in found && found.until > now()) return { key: found.key };
    known.delete(url.href);
    return 'until' in found ? { invalid: 'the certificate has expired' } : found;
  };
};

const keep = <T>(known: Map<string, T>, url: string, coming: T): T => {
  known.set(url, coming);
  const oldest = known.keys().next().value;
  if (known.size > limit && oldest !== undefined) known.delete(oldest);
  return coming;
};

const download = async (url: URL, timeoutMs: number): Promise<string | undefined> => {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok || !response.body) return undefined;
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.length > longestPem) return undefined;
    }
    return text;
  } catch {
    return undefined;
  }
};

const keyIn = (pem: string, trusted: readonly X509Certificate[], at: Date): Known | { invalid: string } => {
  const chain = certificatesIn(pem);
  const [leaf, ...others] = chain ?? [];
  if (!leaf) return { invalid: 'there is no certificate' };
  if (!isPayPals(leaf)) return { invalid: 'the certificate is not PayPal’s' };
  if (!isValid(leaf, at)) return { invalid: 'the certificate has expired, or is not valid yet' };
  if (!leadsTo(trusted, leaf, others, at)) return { invalid: 'the certificate is of nobody whom we trust' };
  if (leaf.publicKey.asymmetricKeyType !== 'rsa') return { invalid: 'the certificate’s key is not RSA' };
  return { key: leaf.publicKey, until: leaf.validToDate.getTime() };
};

/** The first is the signer's. Undefined for what can't be read. */
const certificatesIn = (pem: string): X509Certificate[] | undefined => {
  try {
    return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one));
  } catch {
    return undefined;
  }
};

/** `messageverificationcerts.paypal.com`, or the sandbox's. */
const isPayPals = ({ subject }: X509Certificate): boolean => /^CN=([a-z0-9-]+\.)*paypal\.com$/m.test(subject);

const isValid = ({ validFromDate, validToDate }: X509Certificate, at: Date): boolean => validFromDate <= at && at < validToDate;

/** No longer than chains are. */
const leadsTo = (trusted: readonly X509Certificate[], certificate: X509Certificate, others: readonly X509Certificate[], at: Date, steps = 4): boolean => {
  const issued = (issuer: X509Certificate) => issuer.ca && isValid(issuer, at) && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  if (trusted.some(issued)) return true;
  return steps > 0 && others.filter(issued).some((issuer) => leadsTo(trusted, issuer, others, at, steps - 1));
};
