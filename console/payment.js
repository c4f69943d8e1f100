import { commandButtons } from './payment-commands.js';
import { snapshot } from './payment-snapshot.js';
import { versionsPage } from './versions.js';

/** One payment, and what may be done to it. */
export const paymentPage = (id, { version }) =>
  versionsPage({
    service: 'payment',
    path: `/api/v1/payments/${encodeURIComponent(id)}`,
    id,
    title: 'Payment',
    list: { href: '#/payments', name: 'Payments' },
    asked: version,
    buttons: commandButtons,
    snapshot,
  });
