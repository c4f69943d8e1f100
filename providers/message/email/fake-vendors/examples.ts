import type { EmailMessage } from '../../channel.ts';

/** For the specs of every way to send e-mail. */
export const emailMessage = (deliveryId: string): EmailMessage => ({
  deliveryId,
  notificationId: 'n1',
  channel: 'email',
  to: 'ada@example.com',
  subject: 'Your receipt: £10.50',
  text: 'Thank you, Ada.\n',
  html: '<p>Thank you, <b>Ada</b>.</p>',
});

/** With all that a message may have. */
export const fullMessage = (deliveryId: string): EmailMessage => ({
  ...emailMessage(deliveryId),
  replyTo: 'help@example.org',
  unsubscribeUrl: 'https://shop.example.org/unsubscribe?token=t1',
  attachments: [{ filename: 'receipt.txt', contentType: 'text/plain', content: Buffer.from('10.50').toString('base64') }],
});

export const sender = { name: 'The Shop', address: 'shop@example.org' };
