import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { messageProviders } from '../../platform/config/message-variables.ts';
import { awsKeys, textIn, type Wiring } from './wiring.ts';

export const pushWiring: Record<(typeof messageProviders)['push'][number], Wiring<'push'>> = {
  fcm: ({ FCM_SERVICE_ACCOUNT: account, FCM_BASE_URL, FCM_TOKEN_URL }) =>
    account
      ? async () => {
          const { openFcm, fcmDefaults } = await import('../../providers/message/push/fcm.ts');
          return openFcm({
            ...fcmDefaults,
            account: await serviceAccountIn(account),
            ...(FCM_BASE_URL && { baseUrl: FCM_BASE_URL }),
            ...(FCM_TOKEN_URL && { tokenUrl: FCM_TOKEN_URL }),
          });
        }
      : undefined,
  apns: ({ APNS_KEY: key, APNS_KEY_ID: keyId, APNS_TEAM_ID: teamId, APNS_TOPIC: topic, APNS_BASE_URL: origin }) =>
    key && keyId && teamId && topic
      ? async () => {
          const { openApns, apnsDefaults } = await import('../../providers/message/push/apns.ts');
          const privateKey = await textIn('APNS_KEY', key, (text) => text.includes('PRIVATE KEY'));
          // A variable of one line may have them written out.
          return openApns({ ...apnsDefaults, privateKey: privateKey.replaceAll('\\n', '\n'), keyId, teamId, topic, ...(origin && { origin }) }).catch(
            (cause: unknown) => {
              throw new Error('APNS_KEY holds no private key in PEM, as the .p8 file has it', { cause });
            },
          );
        }
      : undefined,
  onesignal: ({ ONESIGNAL_APP_ID: appId, ONESIGNAL_API_KEY: apiKey, ONESIGNAL_BASE_URL: baseUrl }) =>
    appId && apiKey
      ? async () => {
          const { openOneSignal, oneSignalDefaults } = await import('../../providers/message/push/onesignal.ts');
          return openOneSignal({ ...oneSignalDefaults, appId, apiKey, ...(baseUrl && { baseUrl }) });
        }
      : undefined,
  sns: ({ SNS_REGION: region, SNS_BASE_URL: baseUrl, SNS_ACCESS_KEY_ID, SNS_SECRET_ACCESS_KEY }) =>
    region
      ? async () =>
          (await import('../../providers/message/push/sns.ts')).openSnsPush({
            region,
            ...awsKeys(SNS_ACCESS_KEY_ID, SNS_SECRET_ACCESS_KEY),
            ...(baseUrl && { baseUrl }),
          })
      : undefined,
};

const ServiceAccount = Type.Object({
  project_id: Type.String({ minLength: 1 }),
  client_email: Type.String({ minLength: 1 }),
  private_key: Type.String({ pattern: 'PRIVATE KEY' }),
});
const isServiceAccount = Compile(ServiceAccount);

const serviceAccountIn = async (value: string): Promise<{ projectId: string; clientEmail: string; privateKey: string }> => {
  const text = await textIn('FCM_SERVICE_ACCOUNT', value, (one) => one.startsWith('{'));
  const { project_id: projectId, client_email: clientEmail, private_key: privateKey } = parsed(text);
  return { projectId, clientEmail, privateKey };
};

const parsed = (text: string): Static<typeof ServiceAccount> => {
  const wrong = 'FCM_SERVICE_ACCOUNT is no key of a service account: expected JSON with project_id, client_email and private_key';
  try {
    const account: unknown = JSON.parse(text);
    if (isServiceAccount.Check(account)) return account;
  } catch {
    // Said below, without what it holds.
  }
  throw new Error(wrong);
};
