import type { Content } from './notification.ts';

/** What is to be said, by channel; a channel that there are no words for isn't there. */
export type Texts = {
  email?: { subject: string; text: string | null; html: string | null };
  in_app?: { title: string; body: string; url: string | null };
};

/** The texts that a caller gave ready-made. One channel's words stand in for the other's where they can. */
export const textsFrom = ({ subject, text, html, title, body, url }: Content): Texts => ({
  ...emailText(subject ?? title, text ?? body, html),
  ...inAppText(title ?? subject, body ?? text, url),
});

const emailText = (subject: string | undefined, text: string | undefined, html: string | undefined): Texts =>
  subject === undefined || (text === undefined && html === undefined) ? {} : { email: { subject, text: text ?? null, html: html ?? null } };

const inAppText = (title: string | undefined, body: string | undefined, url: string | undefined): Texts =>
  title === undefined || body === undefined ? {} : { in_app: { title, body, url: url ?? null } };
