import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { neededByMessageProvider } from '../platform/config/message-variables.ts';
import type { Config } from '../platform/config.ts';
import type { RateLimit } from '../platform/rate-limit/rate-limit.ts';
import type { Message, MessageChannel } from '../providers/message/channel.ts';
import { failover, type RankedProvider } from '../providers/message/failover.ts';
import { feedChannel } from '../providers/message/in-app/feed.ts';
import { messageMetrics } from '../providers/message/message-metrics.ts';
import { type Ranked, rankedIn } from '../providers/message/order.ts';
import type { Outbox } from '../providers/message/outbox.ts';
import type { Sender, Senders } from '../providers/message/sender.ts';
import { type ProviderStanding, type SetUp, setUp } from '../providers/message/set-up.ts';
import { type Rate, rateIn } from '../providers/message/with-rate.ts';
import { checkAtStart } from './check-at-start.ts';
import { webhookPost } from './endpoints.ts';
import { chatWiring } from './messages/chat.ts';
import { emailWiring } from './messages/email.ts';
import { pushWiring } from './messages/push.ts';
import { smsWiring } from './messages/sms.ts';
import type { Wiring } from './messages/wiring.ts';

export type Messages = {
  senders: Senders;
  /** How each channel's providers are, as this process has found them. */
  standings: () => readonly ProviderStanding[];
  close: () => Promise<void>;
};

type Settings = { config: Config; outbox: Outbox; rateLimit: Pick<RateLimit, 'take'>; metrics: Registry; log: Pick<Logger, 'warn' | 'error'> };

/** The channels, each with what is set up for it; one that has nothing goes to the outbox. @throws an error that names the variable that a provider can't be opened with. */
export const openMessages = async (settings: Settings): Promise<Messages> => {
  const { config, outbox, log } = settings;
  const { use, standings } = openUse(settings);
  const checks: (() => Promise<void>)[] = [];

  const channel = async <C extends Message['channel']>(stands: MessageChannel<C>, wirings: Readonly<Record<string, Wiring<C>>>, order: string | undefined) => {
    const ranked = rankedFor(config, wirings, order);
    const opened = await Promise.all(ranked.map(async (one) => ({ ...one, bare: await wirings[one.name]?.(config)?.() })));
    const bares = opened.flatMap(({ bare, ...one }) => (bare ? [{ ...one, bare }] : []));
    for (const { bare } of bares) {
      const { name, check } = bare;
      if (check) checks.push(() => checkAtStart({ name, check, variables: neededBy(name) }, log));
    }
    return bares.length === 0
      ? sole(use(stands, { guarded: false }))
      : failover(
          stands.channel,
          bares.map(({ name, weight, bare }) => ({ name, weight, provider: use(bare, { hasStandIn: bares.length > 1 }) })),
        );
  };

  const senders: Senders = {
    email: await channel(outbox.email, emailWiring, config.EMAIL_PROVIDERS),
    sms: await channel(outbox.sms, smsWiring, config.SMS_PROVIDERS),
    push: await channel(outbox.push, pushWiring, config.PUSH_PROVIDERS),
    in_app: sole(use(feedChannel, { guarded: false })),
    chat: await channel(outbox.chat, chatWiring, config.CHAT_PROVIDERS),
    webhook: sole(use(await openWebhooks(config), { guarded: false })),
  };
  const close = async () => void (await Promise.all(Object.values(senders).map((sender) => sender.close())));
  await Promise.all(checks.map((check) => check())).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { senders, standings, close };
};

/** By whom each channel is sent, for people: `email: sendgrid, ses; chat: slack`. Empty where all goes to the outbox. */
export const whoSends = (config: Config): string =>
  [
    { channel: 'email', ranked: rankedFor(config, emailWiring, config.EMAIL_PROVIDERS) },
    { channel: 'sms', ranked: rankedFor(config, smsWiring, config.SMS_PROVIDERS) },
    { channel: 'push', ranked: rankedFor(config, pushWiring, config.PUSH_PROVIDERS) },
    { channel: 'chat', ranked: rankedFor(config, chatWiring, config.CHAT_PROVIDERS) },
  ]
    .flatMap(({ channel, ranked }) => (ranked.length === 0 ? [] : [`${channel}: ${ranked.map(({ name }) => name).join(', ')}`]))
    .join('; ');

/** In the order that is set, or in that of the table those that are set up. */
const rankedFor = (config: Config, wirings: Readonly<Record<string, (config: Config) => unknown>>, order: string | undefined): readonly Ranked[] => {
  if (order === 'outbox') return [];
  if (order !== undefined) return rankedIn(order);
  return Object.entries(wirings).flatMap(([name, wiring]) => (wiring(config) ? [{ name, weight: null }] : []));
};

const neededBy = (name: string): readonly string[] => (Object.entries(neededByMessageProvider).find(([known]) => known === name)?.[1] ?? []).flat();

const sole = <C extends Message['channel']>(provider: MessageChannel<C>): Sender<C> => {
  const providers: readonly RankedProvider<C>[] = [{ name: provider.name, weight: null, provider }];
  return failover(provider.channel, providers);
};

type Use = <C extends Message['channel']>(bare: MessageChannel<C>, how: Pick<SetUp, 'guarded'> & { hasStandIn?: boolean }) => MessageChannel<C>;

/** Providers as they are used, and how all of them are. */
const openUse = ({ config, rateLimit, metrics: registry, log }: Settings): { use: Use; standings: () => readonly ProviderStanding[] } => {
  const metrics = messageMetrics(registry);
  const rates = ratesIn(config.MESSAGE_RATES);
  const each: (() => ProviderStanding)[] = [];
  const use: Use = (bare, { guarded = true, hasStandIn = false }) => {
    const { name, channel } = bare;
    const { provider, standing } = setUp(bare, {
      metrics,
      rate: rates.get(name),
      take: rateLimit.take,
      guarded,
      hasStandIn,
      onCircuit: (circuit) => log.warn({ channel, provider: name, circuit }, `the circuit around ${name} is ${circuit.replace('_', ' ')} now`),
      onMisconfigured: ({ code, reason }) =>
        log.error({ channel, provider: name, code, reason }, `${name} takes nothing of ours: its settings or its account must be mended`),
    });
    each.push(standing);
    return provider;
  };
  return { use, standings: () => each.map((standing) => standing()) };
};

/** `sendgrid=100/s,twilio=60/m`, whose form the configuration has checked. */
const ratesIn = (text = ''): ReadonlyMap<string, Rate> =>
  new Map(
    text.split(',').flatMap((part) => {
      const [name = '', rate = ''] = part.split('=');
      const parsed = rateIn(rate);
      return parsed ? [[name, parsed] as const] : [];
    }),
  );

const openWebhooks = async (config: Config): Promise<MessageChannel<'webhook'>> => {
  const { openWebhook } = await import('../providers/message/webhook/webhook.ts');
  return openWebhook(webhookPost(config));
};
