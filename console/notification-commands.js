import { ask } from './api.js';
import { confirmation } from './dialog.js';
import { h } from './elements.js';
import { field, input } from './fields.js';

const pending = ['queued', 'delayed'];

/** Calling off what isn't sent; where nothing is left to be sent, no button. */
export const cancelButton = (notification, done) =>
  notification.deliveries.some(({ status }) => pending.includes(status))
    ? [h('button', { type: 'button', onclick: () => cancel(notification, done) }, 'Cancel…')]
    : [];

const cancel = ({ id }, done) =>
  confirmation({
    title: 'Cancel the notification?',
    text: 'What isn’t sent yet will not be. It can’t be undone; what is being sent at this moment may still arrive.',
    fields: [
      field('Reason', input('reason', '', { maxlength: '64', placeholder: 'order_returned' }), 'A short code, kept in its history. No personal details.'),
    ],
    action: 'Cancel it',
    grave: true,
    send: async ({ reason }, idempotencyKey) => {
      const body = reason ? { reason: reason.toLowerCase().replaceAll(/[\s-]+/g, '_') } : {};
      const { status } = await ask('notification', `/api/v1/notifications/${id}/cancel`, { method: 'POST', body, idempotencyKey });
      return { text: status === 'canceled' ? 'Canceled: nothing of it is sent.' : 'Canceled: what was not sent yet will not be.' };
    },
    done,
  });
