import { isEmailAddress, isHeaderText, isPhoneNumber } from '../../domain/notification/address.ts';
import type { Template } from '../../platform/templates/template.ts';
import { wrongVariables } from '../../platform/templates/variables.ts';
import { type Allowed, targetFaults, targetOf } from '../../providers/message/webhook/target.ts';
import type { NewNotification } from './new-notification.ts';

type Wrong = { path: string; message: string };
export type PlanFault =
  | 'invalid_request'
  | 'template_not_found'
  | 'invalid_variables'
  | 'invalid_recipient'
  | 'invalid_content'
  | 'invalid_send_at'
  | 'no_address'
  | 'no_content';
export type Fault = { fault: PlanFault; errors: readonly Wrong[] };

export const fault = (code: PlanFault, errors: readonly Wrong[]): Fault | undefined => (errors.length > 0 ? { fault: code, errors } : undefined);

/** What can't be asked for together. */
export const shapeFault = ({ userId, template, content, data, digestKey, sendAt }: NewNotification): Fault | undefined => {
  if (template === undefined && content === undefined) return fault('invalid_request', [{ path: 'template', message: 'is required, or content' }]);
  if (template !== undefined && content !== undefined) return fault('invalid_request', [{ path: 'content', message: 'cannot be given beside template' }]);
  if (content !== undefined && data !== undefined) return fault('invalid_request', [{ path: 'data', message: 'is for templates: content is sent as it is' }]);
  if (digestKey !== undefined && userId === undefined) return fault('invalid_request', [{ path: 'userId', message: 'is required with digestKey' }]);
  if (digestKey !== undefined && sendAt !== undefined) return fault('invalid_request', [{ path: 'sendAt', message: 'cannot be given beside digestKey' }]);
  return undefined;
};

/** `webhooks`: where those may go. */
export const recipientFault = ({ userId, to = {} }: NewNotification, webhooks: Allowed): Fault | undefined => {
  if (userId === undefined && Object.keys(to).length === 0) {
    return fault('no_address', [{ path: 'to', message: 'is required, or userId: nobody is named' }]);
  }
  const { email, phone, slackUrl, teamsUrl, webhookUrl } = to;
  return fault('invalid_recipient', [
    ...(email === undefined || isEmailAddress(email) ? [] : [{ path: 'to.email', message: 'must be an e-mail address: one, without a name' }]),
    ...(phone === undefined || isPhoneNumber(phone) ? [] : [{ path: 'to.phone', message: 'must be a number in E.164: +441632960961' }]),
    ...Object.entries({ slackUrl, teamsUrl }).flatMap(([name, url]) =>
      url === undefined || isWebAddress(url) ? [] : [{ path: `to.${name}`, message: 'must be a web address' }],
    ),
    ...webhookFault(webhookUrl, webhooks),
  ]);
};

const webhookFault = (url: string | undefined, allowed: Allowed): readonly Wrong[] => {
  const target = url === undefined ? undefined : targetOf(url, allowed);
  return typeof target === 'string' ? [{ path: 'to.webhookUrl', message: targetFaults[target] }] : [];
};

const isWebAddress = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
};

// Clocks differ; and what lies further away than this is a mistake in the century.
const tolerated = 60_000;
const furthest = 10 * 366 * 86_400_000;

export const timeFault = ({ sendAt }: NewNotification, now: Date): Fault | undefined => {
  if (sendAt === undefined) return undefined;
  const ahead = Date.parse(sendAt) - now.getTime();
  if (ahead < -tolerated) return fault('invalid_send_at', [{ path: 'sendAt', message: 'must not be in the past' }]);
  return ahead > furthest ? fault('invalid_send_at', [{ path: 'sendAt', message: 'must be within ten years' }]) : undefined;
};

export const templateFault = ({ data }: NewNotification, template: Template): Fault | undefined =>
  fault('invalid_variables', wrongVariables(template.variables, data ?? {}));

/** Of what goes into headers, and of what must be an address. */
export const contentFault = ({ template, content = {} }: NewNotification): Fault | undefined => {
  if (template !== undefined) return fault('template_not_found', [{ path: 'template', message: `there is no template ${template}` }]);
  const { subject, title, url, replyTo, attachments = [] } = content;
  const lines = Object.entries({ subject, title, url });
  return fault('invalid_content', [
    ...lines.flatMap(([name, line]) =>
      line === undefined || isHeaderText(line) ? [] : [{ path: `content.${name}`, message: 'must be one line, without control characters' }],
    ),
    ...(replyTo === undefined || isEmailAddress(replyTo) ? [] : [{ path: 'content.replyTo', message: 'must be an e-mail address: one, without a name' }]),
    ...attachments.flatMap(({ filename }, index) =>
      isHeaderText(filename) ? [] : [{ path: `content.attachments.${index}.filename`, message: 'must be one line, without control characters' }],
    ),
  ]);
};
