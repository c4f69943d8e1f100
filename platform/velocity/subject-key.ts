import { createHmac } from 'node:crypto';

/** What a customer, card, address or device is counted under: from the key nobody finds who it was without the secret. */
export const subjectKey =
  (secret: string) =>
  (subject: string, value: string): string =>
    createHmac('sha256', secret).update(`${subject}\n${value}`).digest('base64url').slice(0, 24);
