import { randomUUID } from 'node:crypto';
import type { Asked, Reply, Vendor } from './fake-vendor.ts';
import { specification } from './specification.ts';

const sns = specification('amazonaws.com/sns.json');
const faultOfInput = sns(['components', 'schemas', 'PublishInput'], { closed: true });
const faultOfOutput = sns(['components', 'schemas', 'PublishResponse'], { closed: true });
const namespace = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';

const xml = (http: number, body: string): Reply => ({ http, body, type: 'text/xml' });

/** The query protocol's shape of an error: docs.aws.amazon.com/sns/latest/dg/sns-making-api-requests.html */
export const error = (http: number, code: string, words: string): Reply =>
  xml(
    http,
    `<ErrorResponse ${namespace}><Error><Type>${http < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code><Message>${words}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );

/** The query protocol's form as the input that it stands for. */
export const inputOf = (body: string): Record<string, unknown> => {
  const form = Object.fromEntries(new URLSearchParams(body));
  const attributes: Record<string, { DataType?: string; StringValue?: string }> = {};
  for (let n = 1; form[`MessageAttributes.entry.${n}.Name`]; n += 1) {
    const { [`MessageAttributes.entry.${n}.Name`]: name = '', ...rest } = form;
    const value = (key: string) => rest[`MessageAttributes.entry.${n}.Value.${key}`] ?? '';
    attributes[name] = { DataType: value('DataType'), StringValue: value('StringValue') };
  }
  const plain = Object.entries(form).filter(([name]) => !name.startsWith('MessageAttributes.') && name !== 'Action' && name !== 'Version');
  return { ...Object.fromEntries(plain), MessageAttributes: attributes };
};

const allow = ({ method, headers, body }: Asked): void => {
  const form = new URLSearchParams(body);
  if (method !== 'POST' || form.get('Action') !== 'Publish' || form.get('Version') !== '2010-03-31') throw new Error('no Publish');
  if (!/^AWS4-HMAC-SHA256 Credential=AKIAFAKE\/\d{8}\/eu-west-1\/sns\/aws4_request/.test(headers.authorization ?? '')) throw new Error('not signed');
  const fault = faultOfInput(inputOf(body));
  if (fault) throw new Error(fault);
};

export const fakeSns = (): Vendor => ({
  take: (asked) => {
    allow(asked);
    const output = { MessageId: randomUUID() };
    const fault = faultOfOutput(output);
    if (fault) throw new Error(`the fake's own answer: ${fault}`);
    const result = `<PublishResult><MessageId>${output.MessageId}</MessageId></PublishResult>`;
    return xml(200, `<PublishResponse ${namespace}>${result}<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></PublishResponse>`);
  },
  refuses: error(400, 'InvalidParameter', 'Invalid parameter: PhoneNumber Reason: +15005550006 is not valid to publish to'),
  busy: error(400, 'Throttling', 'Rate exceeded'),
  locks_us_out: error(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
});
