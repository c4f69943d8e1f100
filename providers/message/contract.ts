import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ChannelOutcome, Message, MessageChannel, MessageOf } from './channel.ts';

/** What the other side does: before it has accepted a message, or after. */
export type Situation =
  | 'works'
  | 'down'
  | 'refuses'
  | 'busy'
  | 'locks_us_out'
  | 'cut_before'
  | 'silent_before'
  | 'garbled_before'
  | 'cut_after'
  | 'silent_after'
  | 'garbled_after';

const expected: Record<Situation, readonly ChannelOutcome['status'][]> = {
  works: ['accepted'],
  down: ['unavailable'],
  refuses: ['rejected'],
  busy: ['throttled'],
  locks_us_out: ['unavailable', 'rejected'],
  cut_before: ['unavailable'],
  silent_before: ['unavailable'],
  garbled_before: ['unavailable'],
  cut_after: ['unknown'],
  silent_after: ['unknown'],
  garbled_after: ['unknown'],
};

export type Opened<C extends Message['channel']> = {
  channel: MessageChannel<C> /** How many messages the other side took. */;
  arrived: () => Promise<number>;
  close: () => Promise<void>;
};

/** Of a request over HTTP nobody can tell whether it was read: what is lost between request and answer may have been sent. */
const overHttp: Readonly<Partial<typeof expected>> = { cut_before: ['unknown'], silent_before: ['unknown'], garbled_before: ['unknown'] };

export type Subject<C extends Message['channel']> = {
  overHttp?: true;
  message: (deliveryId: string) => MessageOf<C>;
  /** The situations that this kind of provider can be in. */
  open: { works: () => Promise<Opened<C>> } & Partial<Record<Situation, () => Promise<Opened<C>>>>;
};

/** The suite that every provider of a channel passes. */
export const channelContract = <C extends Message['channel']>(name: string, { message, open, ...subject }: Subject<C>): void => {
  describe(`${name} keeps the contract of a channel`, () => {
    const situations = Object.entries(open) as [Situation, () => Promise<Opened<C>>][];

    it.each(situations)('when the other side %s', async (situation, start) => {
      const { channel, close } = await start();
      try {
        const sent = message(randomUUID());
        const outcome = await channel.send(sent);
        const may = (subject.overHttp && overHttp[situation]) ?? expected[situation];
        expect(may, JSON.stringify(outcome)).toContain(outcome.status);
        if (outcome.status === 'accepted') expect(outcome.reference).not.toBe('');
        else expect(outcome.reason).not.toMatch(/@/);
        if (outcome.status !== 'accepted') expect(outcome.reason).not.toMatch(/\d{11}/);
        if (outcome.status === 'rejected' && situation === 'locks_us_out') expect(outcome.blame).toBe('configuration');
      } finally {
        await close();
      }
    });

    it('never throws, whatever becomes of it', async () => {
      const { channel, close } = await open.works();
      await close();
      expect(['accepted', 'unavailable', 'unknown']).toContain((await channel.send(message(randomUUID()))).status);
    });

    it('takes many at once, and says truly whether a delivery may be repeated', async () => {
      const { channel, arrived, close } = await open.works();
      try {
        const ids = Array.from({ length: 20 }, () => randomUUID());
        const outcomes = await Promise.all(ids.map((id) => channel.send(message(id))));
        expect(new Set(outcomes.map((one) => (one.status === 'accepted' ? one.reference : one.reason))).size).toBe(20);
        const before = await arrived();
        await channel.send(message(ids[0] ?? ''));
        if (channel.repeatable) expect(await arrived()).toBe(before);
        else expect(await arrived()).toBe(before + 1);
      } finally {
        await close();
      }
    });
  });
};
