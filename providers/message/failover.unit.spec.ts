import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelOutcome, EmailMessage, MessageChannel } from './channel.ts';
import { failover } from './failover.ts';
import { orderFor } from './order.ts';

const message = (deliveryId: string): EmailMessage => ({
  deliveryId,
  notificationId: 'n1',
  channel: 'email',
  to: 'ada@example.com',
  subject: 'Paid',
  text: 'Thank you.',
  html: null,
});

type Given = { weight: number | null; outcome: ChannelOutcome; takes?: boolean };

/** Providers that end as given, and who was asked, in order. */
const channelOf = (given: readonly Given[]) => {
  const asked: { name: string; outcome: ChannelOutcome }[] = [];
  const providers = given.map(({ weight, outcome, takes = true }, n) => {
    const name = `p${n}`;
    const provider: MessageChannel<'email'> = {
      name,
      channel: 'email',
      repeatable: n > 0,
      takes: () => takes,
      send: async () => {
        asked.push({ name, outcome });
        return outcome;
      },
      close: async () => {},
    };
    return { name, weight, provider };
  });
  return { sender: failover('email', providers), asked, providers };
};

const accepted: ChannelOutcome = { status: 'accepted', reference: 'r1' };
const unknown: ChannelOutcome = { status: 'unknown', reason: 'cut off' };
const unavailable: ChannelOutcome = { status: 'unavailable', reason: 'refused' };
const throttled = (retryAfterMs: number | null): ChannelOutcome => ({ status: 'throttled', retryAfterMs, reason: 'slow down' });
const rejected = (blame?: 'message' | 'recipient' | 'destination' | 'configuration'): ChannelOutcome => ({
  status: 'rejected',
  code: 'no',
  permanent: true,
  reason: 'no',
  ...(blame && { blame }),
});

const outcome = fc.oneof(
  fc.constantFrom(accepted, unknown, unavailable, rejected(), rejected('message'), rejected('recipient'), rejected('destination'), rejected('configuration')),
  fc.option(fc.nat(100_000)).map(throttled),
);
const given = fc.array(fc.record({ weight: fc.option(fc.integer({ min: 1, max: 9 })), outcome, takes: fc.boolean() }), { maxLength: 5 });

const isFinal = ({ status, ...more }: ChannelOutcome): boolean =>
  status === 'accepted' ||
  status === 'unknown' ||
  (status === 'rejected' && 'blame' in more ? !['configuration', 'destination'].includes(more.blame ?? '') : status === 'rejected');

describe('several providers of a channel', () => {
  it('at most one may have sent, and nobody is asked after an end', async () => {
    await fc.assert(
      fc.asyncProperty(given, fc.uuid(), async (each, id) => {
        const { sender, asked, providers } = channelOf(each);
        const sent = await sender.send(message(id));
        expect(asked.filter((one) => ['accepted', 'unknown'].includes(one.outcome.status)).length).toBeLessThanOrEqual(1);
        expect(asked.slice(0, -1).some((one) => isFinal(one.outcome))).toBe(false);
        const order = orderFor(providers, id).filter(({ provider }) => provider.takes?.(message(id)));
        expect(asked.map(({ name }) => name)).toEqual(order.slice(0, asked.length).map(({ name }) => name));
        const last = asked.at(-1);
        if (last && isFinal(last.outcome)) expect(sent).toMatchObject({ provider: last.name, outcome: last.outcome });
        else expect(asked).toHaveLength(order.length);
        expect(new Set([sent.provider, ...sent.before.map(({ provider }) => provider)])).toEqual(
          new Set(asked.length === 0 ? ['none'] : asked.map(({ name }) => name)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, ChannelOutcome[], object, string[]]>([
    ['the first that takes it', [accepted, accepted], { provider: 'p0', outcome: accepted }, []],
    ['the next, where the first is out of reach', [unavailable, accepted], { provider: 'p1', outcome: accepted }, ['p0']],
    ['the next, where the first has too much to do', [throttled(9_000), accepted], { provider: 'p1', outcome: accepted }, ['p0']],
    ['the next, where the first refuses all that is ours', [rejected('configuration'), accepted], { provider: 'p1', outcome: accepted }, ['p0']],
    ['the next, where the first does not serve the destination', [rejected('destination'), accepted], { provider: 'p1', outcome: accepted }, ['p0']],
    ['nobody more, where the first may have sent', [unknown, accepted], { provider: 'p0', outcome: unknown }, []],
    ['nobody more, where the recipient is at fault', [rejected('recipient'), accepted], { provider: 'p0', outcome: rejected('recipient') }, []],
    ['nobody more, where nobody is blamed', [rejected(), accepted], { provider: 'p0', outcome: rejected() }, []],
    ['later, the soonest', [throttled(9_000), throttled(1_000), throttled(null)], { provider: 'p1', outcome: throttled(1_000) }, ['p0', 'p2']],
    ['later, where one is only out of reach', [unavailable, throttled(1), rejected('configuration')], { provider: 'p0', outcome: unavailable }, ['p1', 'p2']],
    ['later, when the settings are mended', [rejected('configuration')], { provider: 'p0', outcome: { ...rejected('configuration'), permanent: false } }, []],
    ['never, where nobody serves the destination', [rejected('destination')], { provider: 'p0', outcome: rejected('destination') }, []],
  ])('send by %s', async (_, outcomes, sent, before) => {
    const { sender } = channelOf(outcomes.map((one) => ({ weight: null, outcome: one })));
    const told = await sender.send(message('d1'));
    expect(told).toMatchObject(sent);
    expect(told.before.map(({ provider }) => provider)).toEqual(before);
  });

  it('refuse what none of them is for', async () => {
    const { sender, asked } = channelOf([{ weight: null, outcome: accepted, takes: false }]);
    expect(await sender.send(message('d1'))).toMatchObject({ provider: 'none', outcome: { status: 'rejected', code: 'no_provider', permanent: true } });
    expect(asked).toEqual([]);
  });

  it('may be repeated only where there is one, and it may', () => {
    const each = { weight: null, outcome: accepted };
    const { providers } = channelOf([each, each, each]);
    expect(failover('email', providers.slice(0, 1)).repeatable).toBe(false);
    expect(failover('email', providers.slice(1, 2)).repeatable).toBe(true);
    expect(failover('email', providers.slice(1)).repeatable).toBe(false);
  });
});
