import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type FakeServer, fakeServer, type Reaction, type Seen } from '../../providers/message/webhook/fake-server/fake-server.ts';

/** What a receiver does by itself, from the text of Standard Webhooks alone: it knows its secret, and trusts nothing of the sender's code. */
export const verifies = ({ headers, body }: { headers: IncomingHttpHeaders; body: string }, secret: string, now = Date.now()): boolean => {
  const [id, stamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name] ?? ''));
  if (!id || !stamp || Math.abs(now / 1_000 - Number(stamp)) > 300) return false;
  const expected = createHmac('sha256', Buffer.from(secret.split('_')[1] ?? '', 'base64'))
    .update(`${id}.${stamp}.${body}`)
    .digest();
  return (signatures ?? '').split(' ').some((one) => {
    const [version, signature = ''] = one.split(',');
    const given = Buffer.from(signature, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
};

export type Receiver = FakeServer & {
  /** What it answered 2xx to, by id, in the order of arrival. */
  accepted: () => string[];
  /** How often something came under this id. */
  times: (id: string) => number;
  react: (reaction: (seen: Seen, time: number) => Reaction) => void;
};

/** A receiver that remembers what it took; `react` says what it does with the n-th arrival (from 1) of one id. */
export const webhookReceiver = async (first: (seen: Seen, time: number) => Reaction = () => ({ status: 204 }), tls = true): Promise<Receiver> => {
  const counts = new Map<string, number>();
  const accepted: string[] = [];
  let react = first;
  const server = await fakeServer(
    (seen) => {
      const id = String(seen.headers['webhook-id']);
      const time = (counts.get(id) ?? 0) + 1;
      counts.set(id, time);
      const reaction = react(seen, time);
      if (typeof reaction === 'object' && reaction.status >= 200 && reaction.status < 300) accepted.push(id);
      return reaction;
    },
    { tls },
  );
  return {
    ...server,
    accepted: () => accepted,
    times: (id) => counts.get(id) ?? 0,
    react: (next) => {
      react = next;
    },
  };
};
