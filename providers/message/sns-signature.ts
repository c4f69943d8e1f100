import { verify, X509Certificate } from 'node:crypto';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

export type SnsSettings = {
  /** ARNs of the topics that may speak to us: anybody can have a topic whose messages Amazon signs. */
  topicArns: readonly string[];
  /** Fetches a certificate's PEM; undefined where it can't be had. */
  fetchPem?: (url: string) => Promise<string | undefined>;
  now?: () => number;
};

const text = Type.String({ minLength: 1 });
const common = {
  MessageId: text,
  TopicArn: text,
  Timestamp: text,
  Message: Type.String(),
  SignatureVersion: Type.Union([Type.Literal('1'), Type.Literal('2')]),
  Signature: text,
  SigningCertURL: text,
};
const Envelope = Compile(
  Type.Union([
    Type.Object({ Type: Type.Literal('Notification'), Subject: Type.Optional(Type.Union([Type.String(), Type.Null()])), ...common }),
    Type.Object({
      Type: Type.Union([Type.Literal('SubscriptionConfirmation'), Type.Literal('UnsubscribeConfirmation')]),
      SubscribeURL: text,
      Token: text,
      ...common,
    }),
  ]),
);
type Envelope = Extract<ReturnType<typeof Envelope.Parse>, object>;

/** What a body says, which has to be verified first. `confirm` is an address of Amazon's own. */
export type SnsNotice = { notification: { id: string; at: string; message: string } } | { confirm: string } | { nothing: true };

/** SNS tries for six hours at most, where the subscription's own policy doesn't stretch it. */
const oldestMs = 24 * 3_600_000;
const newestMs = 15 * 60_000;

/**
 * The signature of SNS, version 1 (RSA-SHA1) and 2 (RSA-SHA256):
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. Certificates stay in memory until they expire.
 */
export const snsSignature = ({ topicArns, fetchPem = download, now = Date.now }: SnsSettings) => {
  const certificates = signingCertificates(fetchPem, now);
  return async (body: Buffer): Promise<{ verified: true } | { invalid: string }> => {
    const envelope = envelopeIn(body.toString());
    if (!envelope) return { invalid: 'the body is no signed message of SNS' };
    if (!topicArns.includes(envelope.TopicArn)) return { invalid: 'the topic is none of ours' };
    const age = now() - Date.parse(envelope.Timestamp);
    if (!(age <= oldestMs && age >= -newestMs)) return { invalid: 'the message is too old, or of the future' };
    if (!isCertificateAddress(envelope.SigningCertURL)) return { invalid: 'the certificate is at no address of SNS’s' };
    const certificate = await certificates(envelope.SigningCertURL);
    if (!certificate) return { invalid: 'the certificate can’t be had, or is not valid' };
    const algorithm = envelope.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
    const signed = Buffer.from(stringToSign(envelope));
    return verify(algorithm, signed, certificate.publicKey, Buffer.from(envelope.Signature, 'base64'))
      ? { verified: true }
      : { invalid: 'the signature is not that of this message' };
  };
};

/** Of a verified body. A subscription is only confirmed at SNS's own address: the URL is signed, but is about to be fetched. */
export const snsNotice = (body: string): SnsNotice => {
  const envelope = envelopeIn(body);
  if (envelope?.Type === 'Notification') return { notification: { id: envelope.MessageId, at: envelope.Timestamp, message: envelope.Message } };
  if (envelope?.Type === 'SubscriptionConfirmation' && isSnsAddress(envelope.SubscribeURL)) return { confirm: envelope.SubscribeURL };
  return { nothing: true };
};

const envelopeIn = (body: string): Envelope | undefined => {
  try {
    const parsed: unknown = JSON.parse(body);
    return Envelope.Check(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

const stringToSign = (envelope: Envelope): string => {
  const { Message, MessageId, Timestamp, TopicArn, Type: type } = envelope;
  const own: readonly (readonly [string, string])[] =
    envelope.Type === 'Notification'
      ? [['Message', Message], ['MessageId', MessageId], ...(typeof envelope.Subject === 'string' ? [['Subject', envelope.Subject] as const] : [])]
      : [
          ['Message', Message],
          ['MessageId', MessageId],
          ['SubscribeURL', envelope.SubscribeURL],
        ];
  const token: readonly (readonly [string, string])[] = envelope.Type === 'Notification' ? [] : [['Token', envelope.Token]];
  const fields = [...own, ['Timestamp', Timestamp], ...token, ['TopicArn', TopicArn], ['Type', type]];
  return fields.map(([name, value]) => `${name}\n${value}\n`).join('');
};

/** `https://sns.<region>.amazonaws.com`, with no port, user or fragment that could lead elsewhere. */
const isSnsAddress = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, username, password } = new URL(url);
  return protocol === 'https:' && /^sns\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com$/.test(hostname) && port === '' && username === '' && password === '';
};
const isCertificateAddress = (url: string): boolean => isSnsAddress(url) && new URL(url).pathname.endsWith('.pem');

/** Amazon changes its certificate about once a year. */
const limit = 16;

const signingCertificates = (fetchPem: NonNullable<SnsSettings['fetchPem']>, now: () => number) => {
  const known = new Map<string, X509Certificate>();
  return async (url: string): Promise<X509Certificate | undefined> => {
    const kept = known.get(url);
    if (kept && isValid(kept, now())) return kept;
    known.delete(url);
    const fetched = certificateIn(await fetchPem(url));
    if (!fetched || !isValid(fetched, now())) return undefined;
    known.set(url, fetched);
    const [oldest] = known.keys();
    if (known.size > limit && oldest !== undefined) known.delete(oldest);
    return fetched;
  };
};

const isValid = ({ validFromDate, validToDate, publicKey }: X509Certificate, at: number): boolean =>
  validFromDate.getTime() <= at && at < validToDate.getTime() && publicKey.asymmetricKeyType === 'rsa';

const certificateIn = (pem: string | undefined): X509Certificate | undefined => {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
};

const longestPem = 65_536;
const timeoutMs = 5_000;

const download = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    const pem = await response.text();
    return response.ok && pem.length <= longestPem ? pem : undefined;
  } catch {
    return undefined;
  }
};
