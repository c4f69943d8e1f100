import type { ChannelCheck, ChannelOutcome, EmailMessage, MessageChannel } from '../channel.ts';
import { faultOf, headersOf } from './outgoing.ts';
import { type Progress, smtpFailure } from './smtp-failure.ts';

export type SmtpSettings = {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`; nodemailer's options as its query, `?tls.ca=…`. */
  url: string;
  from: { name: string; address: string };
  connectTimeoutMs: number;
  /** How long the server may be silent; after the message was handed over that makes it `unknown`, so be patient. */
  silenceTimeoutMs: number;
  maxConnections: number;
};

export const smtpDefaults = { connectTimeoutMs: 10_000, silenceTimeoutMs: 60_000, maxConnections: 5 };

/** E-mail over SMTP. Loads nodemailer. The Message-ID derives from the delivery, so a receiver can tell a repeated message. */
export const smtp = async (settings: SmtpSettings): Promise<MessageChannel<'email'>> => {
  const transport = await openTransport(settings);
  const domain = settings.from.address.split('@').at(-1) ?? 'localhost';

  const send = async (message: EmailMessage): Promise<ChannelOutcome> => {
    const fault = faultOf(message);
    if (fault) return fault;
    const messageId = `<${message.deliveryId}@${domain}>`;
    try {
      const { response } = await transport.sendMail({
        from: settings.from,
        to: { name: '', address: message.to },
        subject: message.subject,
        ...(message.text === null ? {} : { text: message.text }),
        ...(message.html === null ? {} : { html: message.html }),
        messageId,
        headers: headersOf(message),
        ...(message.replyTo === undefined ? {} : { replyTo: { name: '', address: message.replyTo } }),
        attachments: (message.attachments ?? []).map((one) => ({ ...one, encoding: 'base64' })),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      // No answer to the message itself would be a bug of the library: not to be taken for an acceptance.
      return response ? { status: 'accepted', reference: messageId } : { status: 'unknown', reason: 'The mail server gave no answer.' };
    } catch (error) {
      return smtpFailure(error, transport.progressOf(messageId));
    } finally {
      transport.forget(messageId);
    }
  };

  return { name: 'smtp', channel: 'email', repeatable: false, send, check: () => checkOf(transport.verify), close: async () => transport.close() };
};

const checkOf = async (verify: () => Promise<unknown>): Promise<ChannelCheck> => {
  try {
    await verify();
    return { status: 'ok' };
  } catch (error) {
    const failure = smtpFailure(error, 'not_handed_over');
    const reason = 'reason' in failure ? failure.reason : 'no reason given';
    return { status: failure.status === 'rejected' && failure.blame === 'configuration' ? 'misconfigured' : 'unreachable', reason };
  }
};

const openTransport = async ({ url, from: _, connectTimeoutMs, silenceTimeoutMs, maxConnections }: SmtpSettings) => {
  const { createTransport } = await import('nodemailer');
  const parsed = new URL(url);
  const transporter = createTransport({
    url,
    pool: true,
    maxConnections,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: silenceTimeoutMs,
    // Credentials never go over the wire in the clear, unless the server is on this machine.
    requireTLS: parsed.username !== '' && !['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname),
  });
  // How far the message has got decides what a lost connection means; only its own stream knows.
  const progress = new Map<string, () => Progress>();
  transporter.use('stream', (mail, done) => {
    const { message } = mail;
    const createReadStream = message.createReadStream.bind(message);
    message.createReadStream = (options) => {
      const stream = createReadStream(options);
      progress.set(String(message.messageId()), () => (stream.readableEnded ? 'handed_over' : 'not_handed_over'));
      return stream;
    };
    done();
  });
  return {
    verify: () => transporter.verify(),
    sendMail: transporter.sendMail.bind(transporter),
    progressOf: (messageId: string): Progress => progress.get(messageId)?.() ?? 'not_handed_over',
    forget: (messageId: string) => progress.delete(messageId),
    close: () => transporter.close(),
  };
};
