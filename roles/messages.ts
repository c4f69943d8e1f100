import type { Config } from '../platform/config.ts';
import { smtp, smtpDefaults } from '../providers/message/email/smtp.ts';
import { feedChannel } from '../providers/message/in-app/feed.ts';
import type { Outbox } from '../providers/message/outbox.ts';
import { pausing } from '../providers/message/pausing.ts';
import type { Senders } from '../providers/message/sender.ts';
import { soleSender } from '../providers/message/sole-sender.ts';

/** The channels of this process, each with what is set up for it. What isn't goes to the outbox. */
export const openSenders = async ({ config, outbox }: { config: Config; outbox: Outbox }): Promise<Senders> => ({
  email: soleSender(await openEmail(config, outbox)),
  sms: soleSender(outbox.sms),
  push: soleSender(outbox.push),
  in_app: soleSender(feedChannel),
  chat: soleSender(outbox.chat),
  webhook: soleSender(outbox.webhook),
});

const openEmail = async ({ SMTP_URL: url, MAIL_FROM }: Config, outbox: Outbox) =>
  url === undefined ? outbox.email : pausing(await smtp({ url, from: mailboxIn(MAIL_FROM), ...smtpDefaults }));

const mailboxIn = (text: string): { name: string; address: string } => {
  const [, name, address] = /^\s*(?:"?([^"<]*?)"?\s*<)?([^\s<>]+@[^\s<>]+?)>?\s*$/.exec(text) ?? [];
  if (!address) throw new Error(`MAIL_FROM is ${JSON.stringify(text)}: expected an address, as Shop <receipts@shop.example>`);
  return { name: name ?? '', address };
};
