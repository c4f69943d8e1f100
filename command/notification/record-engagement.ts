import type { FastifyRequest } from 'fastify';
import type { Engagement } from '../../domain/notification/delivery.ts';
import type { DeliveryEvent } from '../../domain/notification/events.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { NotificationHandler } from './ask.ts';

type Did = { notificationId: string; deliveryId: string; what: Engagement; link?: number | undefined; actor: string };

/** Records what somebody did with a message by one of its links. What can't be recorded doesn't hold up who follows it. */
export const recordEngagement =
  ({ notifications, now = () => new Date() }: { notifications: Pick<NotificationHandler, 'handle'>; now?: () => Date }) =>
  async ({ notificationId, deliveryId, what, link, actor }: Did, request: FastifyRequest): Promise<void> => {
    const at = now().toISOString();
    const engaged = (what: Engagement): DeliveryEvent => ({
      type: 'EngagementRecorded',
      data: { deliveryId, at, provider: 'link', what, ...(what === 'clicked' && link !== undefined && { link }) },
    });
    // Who has clicked has opened it, whether or not their program shows pictures.
    const results = what === 'clicked' ? [engaged('opened'), engaged('clicked')] : [engaged(what)];
    const context = { ...request.commandContext(), commandId: v5(`${deliveryId} ${what}`, notificationId), actor };
    await notifications
      .handle(notificationId, { type: 'RecordResults', results }, context)
      .catch((err: unknown) => request.log.warn({ err, notificationId, what }, 'what somebody did with a message could not be recorded'));
  };
