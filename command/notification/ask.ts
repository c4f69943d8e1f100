import type { NotificationEvent } from '../../domain/notification/events.ts';
import type { Notification, NotificationCommand, NotificationRejection } from '../../domain/notification/notification.ts';
import type { Addresses, Request } from '../../domain/notification/request.ts';
import type { Context } from '../../platform/context.ts';
import { deliveryId } from '../../platform/delivery-id.ts';
import type { Handler, Loaded } from '../../platform/event-store/aggregate.ts';
import { type HttpStatus, type Problem, problem } from '../../platform/http/problem.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { Asking, ChooseTemplate } from '../../platform/templates/choose-template.ts';
import type { Allowed } from '../../providers/message/webhook/target.ts';
import type { NewNotification } from './new-notification.ts';
import { plan } from './plan.ts';
import type { PlanFault } from './plan-faults.ts';

export type NotificationHandler = Handler<Notification, NotificationCommand, NotificationEvent, NotificationRejection>;

export type AskSettings = {
  notifications: Pick<NotificationHandler, 'handle' | 'waitUntil' | 'load'>;
  chooseTemplate: ChooseTemplate;
  /** What is known of a user, this process's own writes included. */
  contacts: (userId: string) => Promise<Pick<Addresses, 'email' | 'phone' | 'pushTokens'> | undefined>;
  /** Where webhooks may go; nowhere but to the world, by TLS, unless said. */
  webhooks?: Allowed;
  now?: () => Date;
};

export type Asked = { id: string; shown: Loaded<Notification>; replayed: boolean };

export const statusOf: Record<NotificationRejection | 'idempotency_key_reused' | PlanFault, HttpStatus> = {
  invalid_request: 400,
  template_not_found: 422,
  invalid_variables: 422,
  invalid_recipient: 422,
  invalid_content: 422,
  invalid_send_at: 422,
  no_address: 422,
  no_content: 422,
  no_channel: 422,
  notification_not_found: 404,
  delivery_not_found: 404,
  notification_not_cancelable: 409,
  idempotency_key_reused: 422,
};

const details: Record<PlanFault, string> = {
  invalid_request: 'The request is not one that this route takes.',
  template_not_found: 'There is no such template.',
  invalid_variables: 'The data are not what the template needs.',
  invalid_recipient: 'The recipient cannot be reached there.',
  invalid_content: 'The content cannot be sent.',
  invalid_send_at: 'It cannot be sent then.',
  no_address: 'There is no address for what is asked.',
  no_content: 'There is nothing to say on that channel.',
};

const strictest: Allowed = { allowHttp: false, allowOwnNetworks: false };

/** Asks for one notification. The same command makes the same one: it can't be asked for twice. What is refused is a problem, and nothing is written. */
export const asking = ({ notifications, chooseTemplate, contacts, webhooks = strictest, now = () => new Date() }: AskSettings) => {
  /** The answer of the first time, whatever has become of it since. */
  const asItWas = async (id: string, commandId: string, present: Loaded<Notification>): Promise<Loaded<Notification>> =>
    (await notifications.waitUntil(id, () => true, { timeoutMs: 0, replayOf: commandId })) ?? present;

  const answer = async (id: string, handled: Awaited<ReturnType<NotificationHandler['handle']>>, { commandId }: Context): Promise<Asked | Problem> => {
    if ('rejected' in handled) return problem(statusOf[handled.rejected], handled.rejected);
    return { id, shown: handled.replayed ? await asItWas(id, commandId, handled) : handled, replayed: handled.replayed };
  };

  /** What was right then may be wrong now (a time that is over, a template that has changed): it was accepted all the same. */
  const acceptedBefore = async (id: string, context: Context): Promise<Asked | Problem | undefined> => {
    if (context.requestHash === undefined || (await notifications.load(id)) === undefined) return undefined;
    return answer(id, await notifications.handle(id, { type: 'RecordResults', results: [] }, context), context);
  };

  return async (body: NewNotification, context: Context): Promise<Asked | Problem> => {
    const id = v5('notification', context.commandId);
    const at = now();
    const chosen = body.template === undefined ? undefined : await chooseTemplate(body.template, askingFor(body, at));
    const known = {
      template: chosen?.template,
      contacts: body.userId === undefined || !asksForContacts(body) ? undefined : await contacts(body.userId),
      now: at,
      webhooks,
    };
    const planned = plan(body, known);
    if ('fault' in planned) {
      const before = await acceptedBefore(id, context);
      return before ?? problem(statusOf[planned.fault], planned.fault, { detail: details[planned.fault], errors: planned.errors });
    }
    const { parts, ...asked } = planned.request;
    const experiment = chosen?.experiment && { experiment: chosen.experiment };
    const deliveries = parts.map((part) => ({ id: deliveryId(id, part), ...part }));
    const request: Request = { at: at.toISOString(), ...asked, ...experiment, caller: context.actor, deliveries };
    return answer(id, await notifications.handle(id, { type: 'Request', request }, context), context);
  };
};

/** Not where all that is asked for goes elsewhere: a look-up costs as much as all else of the request. */
const asksForContacts = ({ channels }: NewNotification): boolean =>
  channels === undefined || channels.some((channel) => ['email', 'sms', 'push'].includes(channel));

const askingFor = ({ userId, to = {}, priority = 'normal', digestKey }: NewNotification, at: Date): Asking => ({
  userId: userId ?? null,
  to,
  priority,
  gathered: digestKey !== undefined,
  at: at.toISOString(),
});
