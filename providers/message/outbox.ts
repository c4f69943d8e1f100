import { inBatches } from '../../platform/in-batches.ts';
import { migrate, schema } from '../../platform/postgres/migrate.ts';
import type { Pool } from '../../platform/postgres/postgres.ts';
import type { ChannelOutcome, MessageChannel, MessageOf } from './channel.ts';
import { faultOf, type OutboxChannel, rowOf } from './outbox-row.ts';

/** What would have been sent. */
export type OutboxMessage = { id: string; notificationId: string; channel: string; to: string; subject?: string; text?: string; html?: string; at: string };

/** A provider for each channel that is named. */
export type Outbox = { [C in OutboxChannel]: MessageChannel<C> } & {
  /** Newest first; `after` is the `next` of the page before. */
  list: (page: { limit: number; after?: string }) => Promise<{ data: readonly OutboxMessage[]; next?: string }>;
};

const steps = [
  `create table ${schema}.outbox_messages (
     sequence bigint generated always as identity primary key,
     delivery_id text not null unique,
     notification_id text not null,
     channel text not null,
     recipient text not null,
     subject text,
     text text,
     html text,
     at timestamptz not null default now()
   )`,
];

type Row = {
  sequence: string;
  delivery_id: string;
  notification_id: string;
  channel: string;
  recipient: string;
  subject: string | null;
  text: string | null;
  html: string | null;
  at: Date;
};

/** Stands for the outside world where no provider is configured: messages are kept in PostgreSQL, to be looked at. */
export const openOutbox = async (pool: Pool): Promise<Outbox> => {
  await migrate(pool, 'outbox', steps);
  const keep = keeping(pool);
  const channel = <C extends OutboxChannel>(name: C): MessageChannel<C> => ({
    name: 'outbox',
    channel: name,
    repeatable: true,
    send: keep,
    close: async () => {},
  });
  return {
    email: channel('email'),
    sms: channel('sms'),
    push: channel('push'),
    chat: channel('chat'),
    webhook: channel('webhook'),
    list: async ({ limit, after }) => {
      const { rows } = await pool.query<Row>(
        `select * from ${schema}.outbox_messages where ($2::bigint is null or sequence < $2) order by sequence desc limit $1`,
        [limit + 1, after ?? null],
      );
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { data: page.map(messageOf), ...(rows.length > limit && last ? { next: last.sequence } : {}) };
    },
  };
};

type Kept = MessageOf<OutboxChannel>;

/** Messages of one moment are written together. Where they can't be, each is on its own: one that is refused must not hold up the others. */
const keeping = (pool: Pool): ((message: Kept) => Promise<ChannelOutcome>) => {
  const write = (messages: readonly Kept[]) => pool.query({ name: 'keep in outbox', text: keepSql, values: [JSON.stringify(messages.map(rowOf))] });
  const kept = async (messages: readonly Kept[]): Promise<readonly boolean[]> => {
    try {
      await write(messages);
      return messages.map(() => true);
    } catch {
      return messages.length === 1 ? [false] : (await Promise.all(messages.map((message) => kept([message])))).flat();
    }
  };
  const isKept = inBatches(kept, { atOnce: 1 });
  return async (message) => {
    const fault = faultOf(message);
    if (fault) return fault;
    if (await isKept(message)) return { status: 'accepted', reference: message.deliveryId };
    // Whether the row is there or not, the same delivery again makes no second one.
    return { status: 'unavailable', reason: 'The outbox could not be written: PostgreSQL did not take the message.' };
  };
};

const columns = 'delivery_id, notification_id, channel, recipient, subject, text, html';
const keepSql = `
  insert into ${schema}.outbox_messages (${columns}) select ${columns} from json_populate_recordset(null::${schema}.outbox_messages, $1::json)
  on conflict (delivery_id) do nothing`;

const messageOf = (row: Row): OutboxMessage => ({
  id: row.delivery_id,
  notificationId: row.notification_id,
  channel: row.channel,
  to: row.recipient,
  ...(row.subject === null ? {} : { subject: row.subject }),
  ...(row.text === null ? {} : { text: row.text }),
  ...(row.html === null ? {} : { html: row.html }),
  at: row.at.toISOString(),
});
