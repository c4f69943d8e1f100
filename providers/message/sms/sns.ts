import type { ChannelOutcome, MessageChannel, SmsMessage } from '../channel.ts';
import { openSnsClient, type SnsClientSettings, type SnsVerdict, snsText } from '../sns-client.ts';
import { isPhoneNumber, noPhoneNumber } from './number.ts';

/** `senderId`: 1–11 letters or digits, shown in place of a number where the country allows that. */
export type SnsSettings = SnsClientSettings & { senderId?: string };

/** Text messages by Amazon SNS, sent as transactional ones. It keeps no reference of ours, and reports to logs only. Loads its client. */
export const openSns = async (settings: SnsSettings): Promise<MessageChannel<'sms'>> => {
  const { publish, close } = await openSnsClient(settings, verdictOf);
  const { senderId } = settings;
  const attributes = {
    'AWS.SNS.SMS.SMSType': snsText('Transactional'),
    ...(senderId && { 'AWS.SNS.SMS.SenderID': snsText(senderId) }),
  };
  const send = async ({ to, text }: SmsMessage): Promise<ChannelOutcome> =>
    isPhoneNumber(to) ? publish({ PhoneNumber: to, Message: text, MessageAttributes: attributes }) : noPhoneNumber;
  return { name: 'sns', channel: 'sms', repeatable: false, send, close };
};

/** "Invalid parameter: PhoneNumber Reason: … is not valid to publish to", or is opted out. */
const verdictOf: SnsVerdict = (name, words) =>
  name === 'OptedOutException' || (name === 'InvalidParameterException' && /PhoneNumber|phone number/i.test(words)) ? 'recipient' : undefined;
