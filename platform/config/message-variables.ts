import { Type } from 'typebox';
import { halfSetUp, isSetUp } from './half-set-up.ts';
import { address, matching, secretOrFile, word, yesOrNo } from './value.ts';

const region = (description: string) => matching('^[a-z]{2}(?:-[a-z]+)+-\\d$', 'a region: eu-west-1', description);
const hosts = (description: string) => matching('^[a-z0-9.-]+(?:,[a-z0-9.-]+)*$', 'host names, separated by commas', description);
const rate = '[1-9]\\d{0,7}/[smhd]';

/** Who can be asked on each channel, in the order in which they are where nobody has set another. */
export const messageProviders = {
  email: ['sendgrid', 'mailgun', 'ses', 'smtp'],
  sms: ['twilio', 'vonage', 'messagebird', 'sns'],
  push: ['fcm', 'apns', 'onesignal', 'sns'],
  chat: ['slack', 'teams'],
} as const;
export type OrderedChannel = keyof typeof messageProviders;

const order = (channel: OrderedChannel) => {
  const one = `(?:${messageProviders[channel].join('|')})(?::[1-9]\\d{0,3})?`;
  return matching(
    `^(?:outbox|${one}(?:,${one})*)$`,
    `outbox, or some of ${messageProviders[channel].join(', ')}, separated by commas, with weights where their share counts: ${messageProviders[channel][0]}:3,${messageProviders[channel][1]}:1`,
    `Who is asked to send by ${channel}, in this order; those that are set up unless set`,
  );
};

/** Of the providers of messages. One is set up where all that it needs are set. */
export const messageVariables = {
  EMAIL_PROVIDERS: order('email'),
  SMS_PROVIDERS: order('sms'),
  PUSH_PROVIDERS: order('push'),
  CHAT_PROVIDERS: order('chat'),
  MESSAGE_RATES: matching(
    `^[a-z]+=${rate}(?:,[a-z]+=${rate})*$`,
    'providers and how much each takes in a second, minute, hour or day: sendgrid=100/s,twilio=60/m',
    'How much each provider of messages takes; no limit unless set',
  ),
  EMAIL_TRACKING: Type.Enum(['opens_and_clicks', 'opens', 'clicks', 'off'], {
    default: 'opens_and_clicks',
    description: 'What e-mails tell of their readers, but for critical ones',
    expected: 'one of opens_and_clicks, opens, clicks, off',
  }),
  MAIL_FROM: Type.String({
    pattern: '^[^\\r\\n]*[^\\s@<>]+@[^\\s@<>]+>?$',
    default: 'Shop <receipts@shop.example>',
    description: 'Sender of e-mail',
    expected: 'an address: Shop <receipts@shop.example>',
  }),
  SMTP_URL: Type.Optional(
    Type.String({
      pattern: '^(?:smtp|smtps)://[^\\s/?#]',
      description: 'Server that e-mail is sent by',
      expected: 'a URL that starts with smtp:// or smtps://',
      secret: true,
    }),
  ),
  SENDGRID_API_KEY: word('Key of SendGrid that may send mail'),
  SENDGRID_WEBHOOK_PUBLIC_KEY: word('Key that SendGrid shows for its signed event webhook; without it, it reports nothing'),
  SENDGRID_BASE_URL: address("Address of SendGrid's API; the global one unless set"),
  MAILGUN_API_KEY: word('Sending key of the Mailgun domain'),
  MAILGUN_DOMAIN: matching('^[a-z0-9.-]+$', 'a domain', 'The domain that is verified with Mailgun'),
  MAILGUN_SIGNING_KEY: word('What Mailgun signs its webhooks with; without it, it reports nothing'),
  MAILGUN_BASE_URL: address("Address of Mailgun's API; that of the United States unless set"),
  SES_REGION: region('Region of Amazon SES'),
  SES_ACCESS_KEY_ID: word("Access key that may send by SES; the machine's own credentials unless set"),
  SES_SECRET_ACCESS_KEY: word('Its secret'),
  SES_CONFIGURATION_SET: matching('^[A-Za-z0-9_-]{1,64}$', 'a name of letters, digits, _ and -', 'Configuration set whose events reach an SNS topic'),
  SES_TOPIC_ARNS: matching('^arn:[\\w:.,-]+$', 'ARNs of SNS topics, separated by commas', 'Topics that bring reports of SES; without, it reports nothing'),
  SES_BASE_URL: address("Another address of SES's API"),
  TWILIO_ACCOUNT_SID: matching('^AC[0-9a-fA-F]{32}$', 'AC and 32 hexadecimal digits', 'Account of Twilio'),
  TWILIO_AUTH_TOKEN: word('Its token, which signs its webhooks too'),
  TWILIO_FROM: matching('^(?:\\+[1-9]\\d{6,14}|[A-Za-z0-9 ]{1,11})$', 'a number in E.164, or up to 11 letters and digits', 'Sender of text messages by Twilio'),
  TWILIO_MESSAGING_SERVICE_SID: matching('^MG[0-9a-fA-F]{32}$', 'MG and 32 hexadecimal digits', 'Messaging service that chooses the sender'),
  TWILIO_BASE_URL: address("Another address of Twilio's API"),
  VONAGE_API_KEY: word('Key of the Vonage account'),
  VONAGE_API_SECRET: word('Its secret'),
  VONAGE_FROM: matching('^(?:\\+?[1-9]\\d{6,14}|[A-Za-z0-9 ]{1,11})$', 'a number, or up to 11 letters and digits', 'Sender of text messages by Vonage'),
  VONAGE_SIGNATURE_SECRET: word('What Vonage signs its webhooks with; without it, it reports nothing'),
  VONAGE_BASE_URL: address("Another address of Vonage's API"),
  MESSAGEBIRD_ACCESS_KEY: word('Access key of MessageBird'),
  MESSAGEBIRD_ORIGINATOR: matching(
    '^(?:\\+?[1-9]\\d{6,14}|[A-Za-z0-9 ]{1,11})$',
    'a number, or up to 11 letters and digits',
    'Sender of text messages by MessageBird',
  ),
  MESSAGEBIRD_SIGNING_KEY: word('What MessageBird signs its webhooks with; without it, it reports nothing'),
  MESSAGEBIRD_BASE_URL: address("Another address of MessageBird's API"),
  SNS_REGION: region('Region of Amazon SNS, for text messages and push'),
  SNS_ACCESS_KEY_ID: word("Access key that may publish by SNS; the machine's own credentials unless set"),
  SNS_SECRET_ACCESS_KEY: word('Its secret'),
  SNS_SENDER_ID: matching('^[A-Za-z0-9-]{1,11}$', 'up to 11 letters, digits and hyphens', 'Sender of text messages by SNS, where the country allows names'),
  SNS_BASE_URL: address("Another address of SNS's API"),
  FCM_SERVICE_ACCOUNT: secretOrFile("Firebase service account's key, as JSON"),
  FCM_BASE_URL: address("Another address of Firebase's API"),
  FCM_TOKEN_URL: address("Another address of Google's tokens"),
  APNS_KEY: secretOrFile("Apple's key for push (.p8), as PEM"),
  APNS_KEY_ID: matching('^[A-Z0-9]{10}$', '10 letters and digits', 'Id of that key'),
  APNS_TEAM_ID: matching('^[A-Z0-9]{10}$', '10 letters and digits', 'The team that it belongs to'),
  APNS_TOPIC: matching('^[A-Za-z0-9.-]+$', "an app's bundle id", 'The app'),
  APNS_BASE_URL: address("Address of Apple's push; that of apps from the store unless set"),
  ONESIGNAL_APP_ID: matching('^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', 'a UUID', 'App of OneSignal'),
  ONESIGNAL_API_KEY: word("The app's API key"),
  ONESIGNAL_BASE_URL: address("Another address of OneSignal's API"),
  SLACK_BOT_TOKEN: matching('^xox[a-z]-[!-~]{3,400}$', "a bot's token: xoxb-…", 'Bot that posts to channels of Slack'),
  SLACK_BASE_URL: address("Another address of Slack's API"),
  SLACK_WEBHOOKS: yesOrNo("Whether messages may go to Slack's incoming webhooks, which need no bot"),
  SLACK_WEBHOOK_HOSTS: hosts("Other hosts of Slack's incoming webhooks"),
  TEAMS_WEBHOOKS: yesOrNo('Whether messages may go to workflows of Microsoft Teams, which need no account'),
  TEAMS_WEBHOOK_HOSTS: hosts('Other hosts of workflows of Teams'),
  WEBHOOK_ALLOW_HTTP: yesOrNo('Whether webhooks may go to receivers without TLS: for development'),
  WEBHOOK_ALLOW_OWN_NETWORKS: yesOrNo('Whether webhooks may go to receivers in private networks and on this machine'),
};

/** What each provider can't do without. Those of a chat may have either. */
export const neededByMessageProvider = {
  sendgrid: ['SENDGRID_API_KEY'],
  mailgun: ['MAILGUN_API_KEY', 'MAILGUN_DOMAIN'],
  ses: ['SES_REGION'],
  smtp: ['SMTP_URL'],
  twilio: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', ['TWILIO_FROM', 'TWILIO_MESSAGING_SERVICE_SID']],
  vonage: ['VONAGE_API_KEY', 'VONAGE_API_SECRET', 'VONAGE_FROM'],
  messagebird: ['MESSAGEBIRD_ACCESS_KEY', 'MESSAGEBIRD_ORIGINATOR'],
  sns: ['SNS_REGION'],
  fcm: ['FCM_SERVICE_ACCOUNT'],
  apns: ['APNS_KEY', 'APNS_KEY_ID', 'APNS_TEAM_ID', 'APNS_TOPIC'],
  onesignal: ['ONESIGNAL_APP_ID', 'ONESIGNAL_API_KEY'],
  slack: [['SLACK_BOT_TOKEN', 'SLACK_WEBHOOKS']],
  teams: ['TEAMS_WEBHOOKS'],
} as const satisfies Record<string, readonly (keyof typeof messageVariables | readonly (keyof typeof messageVariables)[])[]>;
export type MessageProvider = keyof typeof neededByMessageProvider;

type Settings = Readonly<Record<string, unknown>>;

/** Pairs of which one is of no use without the other. */
const pairs = [
  ['SES_ACCESS_KEY_ID', 'SES_SECRET_ACCESS_KEY'],
  ['SNS_ACCESS_KEY_ID', 'SNS_SECRET_ACCESS_KEY'],
] as const;

/** Providers of which only a part is set, and such as are to be asked and aren't set up. */
export const messageFaults = (settings: Settings): string[] => [
  ...halfSetUp(settings, neededByMessageProvider),
  ...pairs.flatMap(([id, secret]) =>
    (settings[id] === undefined) === (settings[secret] === undefined) ? [] : [`${id} and ${secret} must be set together, or neither`],
  ),
  ...Object.keys(messageProviders).flatMap((channel) => strangers(`${channel.toUpperCase()}_PROVIDERS`, settings)),
  ...namesIn(settings.MESSAGE_RATES, '=')
    .filter((name) => name !== 'webhook' && !isKnown(name))
    .map((name) => `MESSAGE_RATES names ${name}: there is no such provider`),
];

const strangers = (variable: string, settings: Settings): string[] => {
  const names = namesIn(settings[variable], ':').filter((name) => name !== 'outbox');
  const twice = names.filter((name, n) => names.indexOf(name) < n);
  const missing = names.filter((name) => isKnown(name) && !isSetUp(settings, neededByMessageProvider[name]));
  return [
    ...twice.map((name) => `${variable} names ${name} twice`),
    ...missing.map((name) => `${variable} names ${name}, which isn't set up: it needs ${isKnown(name) ? neededByMessageProvider[name].flat().join(', ') : ''}`),
  ];
};

const isKnown = (name: string): name is MessageProvider => Object.hasOwn(neededByMessageProvider, name);
const namesIn = (text: unknown, divider: string): string[] => (typeof text === 'string' ? text.split(',').map((part) => part.split(divider)[0] ?? '') : []);
