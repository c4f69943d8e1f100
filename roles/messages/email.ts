import type { messageProviders } from '../../platform/config/message-variables.ts';
import { awsKeys, type Wiring } from './wiring.ts';

export const emailWiring: Record<(typeof messageProviders)['email'][number], Wiring<'email'>> = {
  sendgrid: ({ SENDGRID_API_KEY: apiKey, SENDGRID_BASE_URL: baseUrl, MAIL_FROM }) =>
    apiKey
      ? async () =>
          (await import('../../providers/message/email/sendgrid.ts')).openSendgrid({ apiKey, from: mailboxIn(MAIL_FROM), ...(baseUrl && { baseUrl }) })
      : undefined,
  mailgun: ({ MAILGUN_API_KEY: apiKey, MAILGUN_DOMAIN: domain, MAILGUN_BASE_URL: baseUrl, MAIL_FROM }) =>
    apiKey && domain
      ? async () =>
          (await import('../../providers/message/email/mailgun.ts')).openMailgun({ apiKey, domain, from: mailboxIn(MAIL_FROM), ...(baseUrl && { baseUrl }) })
      : undefined,
  ses: ({ SES_REGION: region, SES_CONFIGURATION_SET: configurationSet, SES_BASE_URL: baseUrl, MAIL_FROM, ...others }) =>
    region
      ? async () =>
          (await import('../../providers/message/email/ses.ts')).openSes({
            region,
            from: mailboxIn(MAIL_FROM),
            ...awsKeys(others.SES_ACCESS_KEY_ID, others.SES_SECRET_ACCESS_KEY),
            ...(configurationSet && { configurationSet }),
            ...(baseUrl && { baseUrl }),
          })
      : undefined,
  smtp: ({ SMTP_URL: url, MAIL_FROM }) =>
    url
      ? async () => {
          const { smtp, smtpDefaults } = await import('../../providers/message/email/smtp.ts');
          return smtp({ url, from: mailboxIn(MAIL_FROM), ...smtpDefaults });
        }
      : undefined,
};

const mailboxIn = (text: string): { name: string; address: string } => {
  const [, name, address] = /^\s*(?:"?([^"<]*?)"?\s*<)?([^\s<>]+@[^\s<>]+?)>?\s*$/.exec(text) ?? [];
  if (!address) throw new Error(`MAIL_FROM is ${JSON.stringify(text)}: expected an address, as Shop <receipts@shop.example>`);
  return { name: name ?? '', address };
};
