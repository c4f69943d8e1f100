import { isSetUp } from '../../platform/config/half-set-up.ts';
import { neededByMessageProvider } from '../../platform/config/message-variables.ts';
import type { Config } from '../../platform/config.ts';
import type { ReceiptWebhooks } from '../../providers/message/channel.ts';
import { listIn } from './wiring.ts';

const reporting = ['sendgrid', 'mailgun', 'ses', 'twilio', 'vonage', 'messagebird'] as const;

/** What is needed to take the webhooks of a provider that is set up; undefined where it isn't set. */
const wiring: Record<(typeof reporting)[number], (config: Config) => (() => Promise<ReceiptWebhooks>) | undefined> = {
  sendgrid: ({ SENDGRID_WEBHOOK_PUBLIC_KEY: publicKey }) =>
    publicKey
      ? async () => {
          const { sendgridReceipts } = await import('../../providers/message/email/sendgrid-receipts.ts');
          return readable('SENDGRID_WEBHOOK_PUBLIC_KEY', () => sendgridReceipts({ publicKey }));
        }
      : undefined,
  mailgun: ({ MAILGUN_SIGNING_KEY: signingKey }) =>
    signingKey ? async () => (await import('../../providers/message/email/mailgun-receipts.ts')).mailgunReceipts({ signingKey }) : undefined,
  ses: ({ SES_TOPIC_ARNS }) => {
    const topicArns = listIn(SES_TOPIC_ARNS);
    return topicArns && (async () => (await import('../../providers/message/email/ses-receipts.ts')).sesReceipts({ topicArns }));
  },
  twilio: ({ TWILIO_AUTH_TOKEN: authToken }) =>
    authToken ? async () => (await import('../../providers/message/sms/twilio-receipts.ts')).openTwilioReceipts(authToken) : undefined,
  vonage: ({ VONAGE_SIGNATURE_SECRET: secret }) =>
    secret ? async () => (await import('../../providers/message/sms/vonage-receipts.ts')).vonageReceipts(secret) : undefined,
  messagebird: ({ MESSAGEBIRD_SIGNING_KEY: signingKey }) =>
    signingKey ? async () => (await import('../../providers/message/sms/messagebird-receipts.ts')).messagebirdReceipts(signingKey) : undefined,
};

/** The webhooks of the providers that are set up and can be verified, by their names. @throws an error that names the variable that holds no key. */
export const openReceiptWebhooks = async (config: Config): Promise<ReadonlyMap<string, ReceiptWebhooks>> => {
  const opened = await Promise.all(
    reporting.map(async (name) => {
      const open = isSetUp(config, neededByMessageProvider[name]) ? wiring[name](config) : undefined;
      return open ? [[name, await open()] as const] : [];
    }),
  );
  return new Map(opened.flat());
};

const readable = <T>(variable: string, open: () => T): T => {
  try {
    return open();
  } catch (cause) {
    throw new Error(`${variable} holds no public key in base64, as the provider shows it`, { cause });
  }
};
