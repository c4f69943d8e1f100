import type { messageProviders } from '../../platform/config/message-variables.ts';
import type { Config } from '../../platform/config.ts';
import { awsKeys, type Wiring } from './wiring.ts';

export const smsWiring: Record<(typeof messageProviders)['sms'][number], Wiring<'sms'>> = {
  twilio: ({ TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_BASE_URL: baseUrl, ...others }) => {
    const from = others.TWILIO_MESSAGING_SERVICE_SID ?? others.TWILIO_FROM;
    const statusCallback = reportsTo('twilio', others);
    return accountSid && authToken && from
      ? async () =>
          (await import('../../providers/message/sms/twilio.ts')).openTwilio({
            accountSid,
            authToken,
            from,
            ...(statusCallback && { statusCallback }),
            ...(baseUrl && { baseUrl }),
          })
      : undefined;
  },
  vonage: ({ VONAGE_API_KEY: apiKey, VONAGE_API_SECRET: apiSecret, VONAGE_FROM: from, VONAGE_BASE_URL: baseUrl }) =>
    apiKey && apiSecret && from
      ? async () => (await import('../../providers/message/sms/vonage.ts')).openVonage({ apiKey, apiSecret, from, ...(baseUrl && { baseUrl }) })
      : undefined,
  messagebird: ({ MESSAGEBIRD_ACCESS_KEY: accessKey, MESSAGEBIRD_ORIGINATOR: originator, MESSAGEBIRD_BASE_URL: baseUrl, ...others }) => {
    const reportUrl = reportsTo('messagebird', others);
    return accessKey && originator
      ? async () =>
          (await import('../../providers/message/sms/messagebird.ts')).openMessageBird({
            accessKey,
            originator,
            ...(reportUrl && { reportUrl }),
            ...(baseUrl && { baseUrl }),
          })
      : undefined;
  },
  sns: ({ SNS_REGION: region, SNS_SENDER_ID: senderId, SNS_BASE_URL: baseUrl, ...others }) =>
    region
      ? async () =>
          (await import('../../providers/message/sms/sns.ts')).openSns({
            region,
            ...awsKeys(others.SNS_ACCESS_KEY_ID, others.SNS_SECRET_ACCESS_KEY),
            ...(senderId && { senderId }),
            ...(baseUrl && { baseUrl }),
          })
      : undefined,
};

/** Where a provider reports to; nothing where it can't know how to reach us. */
const reportsTo = (provider: string, { NOTIFICATION_PUBLIC_URL: base }: Pick<Config, 'NOTIFICATION_PUBLIC_URL'>): string | undefined =>
  base && new URL(`/api/v1/webhooks/${provider}`, base).href;
