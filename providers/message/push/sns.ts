import type { ChannelOutcome, MessageChannel, PushMessage } from '../channel.ts';
import { openSnsClient, type SnsClientSettings, type SnsVerdict, snsText } from '../sns-client.ts';
import { apnsPayload } from './apns-payload.ts';
import { fcmContent } from './fcm-content.ts';

/**
 * Push by Amazon SNS to a platform endpoint, whose ARN is the token. What kind of device it is SNS knows: it is given words for each, by
 * docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html. A repeated message would be shown twice.
 */
export const openSnsPush = async (settings: SnsClientSettings & { now?: () => number }): Promise<MessageChannel<'push'>> => {
  const { publish, close } = await openSnsClient(settings, verdictOf);
  const { now = Date.now } = settings;
  const send = async (message: PushMessage): Promise<ChannelOutcome> => {
    if (!/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:endpoint\/\S+$/.test(message.to.token)) return noEndpoint;
    return publish({
      TargetArn: message.to.token,
      MessageStructure: 'json',
      Message: JSON.stringify(wordsOf(message, now())),
      MessageAttributes: attributesOf(message),
    });
  };
  const takes = ({ to }: PushMessage) => to.provider === 'sns';
  return { name: 'sns', channel: 'push', repeatable: false, takes, send, close };
};

const noEndpoint: ChannelOutcome = {
  status: 'rejected',
  code: 'invalid_endpoint',
  permanent: true,
  reason: 'That is no platform endpoint of SNS.',
  blame: 'recipient',
};

/** Each platform's own JSON, as a text. */
const wordsOf = (message: PushMessage, now: number) => {
  const apple = JSON.stringify(apnsPayload(message));
  return { default: message.body, GCM: JSON.stringify({ fcmV1Message: { message: fcmContent(message, now) } }), APNS: apple, APNS_SANDBOX: apple };
};

/** Firebase's devices have the time in their message. */
const attributesOf = ({ ttlSeconds }: PushMessage) => ({
  'AWS.SNS.MOBILE.APNS.PUSH_TYPE': snsText('alert'),
  ...(ttlSeconds === undefined
    ? {}
    : { 'AWS.SNS.MOBILE.APNS.TTL': snsText(String(ttlSeconds)), 'AWS.SNS.MOBILE.APNS_SANDBOX.TTL': snsText(String(ttlSeconds)) }),
});

/** The endpoint is off or gone; or the platform's own key is, which says nothing of the other platforms. */
const verdictOf: SnsVerdict = (name, words) => {
  if (name === 'EndpointDisabledException' || name === 'NotFoundException') return 'recipient';
  if (name === 'PlatformApplicationDisabledException') return 'destination';
  return name === 'InvalidParameterException' && /TargetArn|endpoint/i.test(words) ? 'recipient' : undefined;
};
