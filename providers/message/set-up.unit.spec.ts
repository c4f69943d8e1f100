import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { memoryRateLimit } from '../../platform/rate-limit/memory.ts';
import type { ChannelOutcome, ChatMessage, MessageChannel } from './channel.ts';
import { messageMetrics } from './message-metrics.ts';
import { type SetUp, setUp } from './set-up.ts';
import { rateIn } from './with-rate.ts';

const to = (slackChannel: string): ChatMessage => ({ deliveryId: 'd1', notificationId: 'n1', channel: 'chat', to: { slackChannel }, text: 'Paid' });
const accepted: ChannelOutcome = { status: 'accepted', reference: 'r1' };
const misconfigured: ChannelOutcome = {
  status: 'rejected',
  code: 'invalid_auth',
  permanent: true,
  reason: 'Slack answered invalid_auth.',
  blame: 'configuration',
};
const throttled: ChannelOutcome = { status: 'throttled', retryAfterMs: 60_000, reason: 'slow down' };

const open = (outcomes: readonly ChannelOutcome[], more: Partial<SetUp> = {}) => {
  const script = [...outcomes];
  let calls = 0;
  const bare: MessageChannel<'chat'> = {
    name: 'slack',
    channel: 'chat',
    repeatable: false,
    limitedBy: ({ to: address }) => ('slackChannel' in address ? address.slackChannel : ''),
    send: async () => {
      calls += 1;
      return script.shift() ?? accepted;
    },
    close: async () => {},
  };
  const registry = new Registry();
  const alarms: object[] = [];
  const circuits: string[] = [];
  const { provider, standing } = setUp(bare, {
    metrics: messageMetrics(registry),
    take: memoryRateLimit().take,
    hasStandIn: true,
    onCircuit: (state) => void circuits.push(state),
    onMisconfigured: (alarm) => void alarms.push(alarm),
    ...more,
  });
  return { send: (channel = 'C1') => provider.send(to(channel)), standing, registry, alarms, circuits, calls: () => calls };
};

describe('a provider as it is used', () => {
  it('is left alone at once when it refuses all that is ours, which is told and counted', async () => {
    const { send, standing, alarms, circuits, calls, registry } = open([misconfigured]);
    expect(await send()).toEqual(misconfigured);
    expect(await send()).toMatchObject({ status: 'unavailable', reason: expect.stringContaining('slack kept failing') });
    expect(calls()).toBe(1);
    expect(alarms).toMatchObject([{ code: 'invalid_auth' }]);
    expect(circuits).toEqual(['open']);
    expect(standing()).toMatchObject({ channel: 'chat', provider: 'slack', circuit: { state: 'open' } });
    const metrics = await registry.metrics();
    expect(metrics).toContain('messages_sent_total{channel="chat",provider="slack",outcome="misconfigured"} 1');
    expect(metrics).toContain('message_provider_circuit{channel="chat",provider="slack",state="open"} 1');
    expect(metrics).toContain('message_provider_call_seconds_count{channel="chat",provider="slack",outcome="misconfigured"} 1');
  });

  it.each<[string, ChannelOutcome]>([
    ['is out of reach', { status: 'unavailable', reason: 'refused' }],
    ['gives no answers', { status: 'unknown', reason: 'cut off' }],
  ])('is left alone after it %s several times', async (_, outcome) => {
    const { send, calls, standing } = open(Array.from({ length: 9 }, () => outcome));
    for (let n = 0; n < 9; n += 1) await send();
    expect(calls()).toBe(5);
    expect(standing().circuit.state).toBe('open');
  });

  it.each<ChannelOutcome>([
    accepted,
    { status: 'rejected', code: 'invalid_blocks', permanent: true, reason: 'no', blame: 'message' },
    { status: 'rejected', code: 'channel_not_found', permanent: true, reason: 'no', blame: 'recipient' },
    { status: 'rejected', code: 'country', permanent: true, reason: 'no', blame: 'destination' },
  ])('goes on being asked after %j', async (outcome) => {
    const { send, calls, circuits, alarms } = open(Array.from({ length: 20 }, () => outcome));
    for (let n = 0; n < 20; n += 1) await send();
    expect(calls()).toBe(20);
    expect([...circuits, ...alarms]).toEqual([]);
  });

  it('is asked always where it is not guarded', async () => {
    const { send, calls } = open([misconfigured, misconfigured, misconfigured], { guarded: false });
    for (let n = 0; n < 3; n += 1) await send();
    expect(calls()).toBe(3);
  });

  it('waits for the key alone of which it has had too much', async () => {
    const { send, standing } = open([throttled, accepted]);
    expect(await send('C1')).toEqual(throttled);
    expect(await send('C1')).toMatchObject({ status: 'throttled', reason: 'slow down' });
    expect(await send('C2')).toEqual(accepted);
    expect(standing()).toMatchObject({ circuit: { state: 'closed' }, pausedUntil: undefined, pausedKeys: 1 });
  });

  it('is asked no more often than was agreed, key by key', async () => {
    const { send, calls } = open([], { rate: rateIn('2/m') });
    expect(await Promise.all([send('C1'), send('C1'), send('C2')])).toEqual([accepted, accepted, accepted]);
    expect(await send('C1')).toMatchObject({ status: 'throttled', retryAfterMs: expect.any(Number), reason: 'The rate set for slack is used up.' });
    expect(await send('C2')).toEqual(accepted);
    expect(calls()).toBe(4);
  });
});

it.each([
  ['100/s', { limit: 100, windowMs: 1_000 }],
  ['60/m', { limit: 60, windowMs: 60_000 }],
  ['5/h', { limit: 5, windowMs: 3_600_000 }],
  ['50000/d', { limit: 50_000, windowMs: 86_400_000 }],
  ['100', undefined],
  ['1/y', undefined],
])('the rate %s is %j', (text, rate) => {
  expect(rateIn(text)).toEqual(rate);
});
