// The analytics route of the notification service alone, over figures as ten million events leave them.
import { openPostgresDocuments } from '../../platform/documents/postgres.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import type { Interval } from '../../projections/figures/buckets.ts';
import { emptyFigures, figuresId, kindKey, kindValues } from '../../projections/figures/figures-document.ts';
import { latencyBucketOf } from '../../projections/figures/latency.ts';
import { type Additions, added, addTo, noCounts, type Tally } from '../../projections/figures/tally.ts';
import { type DeliveryFigure, deliveringFrom, sendingFrom, slotOf, slotOfReason, slots } from '../../projections/notification/delivery-figures.ts';
import {
  type ChannelFigures,
  channelAnalytics,
  type NotificationFigures,
  notificationAnalytics,
} from '../../projections/notification/notification-analytics.ts';
import { notificationAnalyticsQuery } from '../../query/notification/notification-analytics-query.ts';
import { about, type FiguresAnswers, fill, hoursKept, listening, now, random } from '../harness/generated-figures.ts';
import { serve, settingsOf } from '../harness/program.ts';

const { postgresUrl } = settingsOf<{ postgresUrl: string }>();
const pool = openPostgres(postgresUrl, { max: 4 });
const store = openPostgresDocuments({ pool });
const all = await store.collection<NotificationFigures>('analytics', notificationAnalytics.indexes);
const channels = await store.collection<ChannelFigures>('channels', channelAnalytics.indexes);

const deliveriesAnHour = 250;
/** Asked for (two at once), sent, and for most what the provider tells or the person does. */
const eventsADelivery = 2.3;
/** With what share of a channel's deliveries go by each. */
const providers = {
  email: { sendgrid: 0.8, ses: 0.2 },
  sms: { twilio: 0.9, vonage: 0.1 },
  push: { fcm: 0.6, apns: 0.4 },
  in_app: { feed: 1 },
} as const;
type Channel = keyof typeof providers;
const templates: readonly { template: string; category: string; channels: readonly Channel[]; experiment?: string }[] = [
  { template: 'payment_receipt', category: 'payments', channels: ['email', 'in_app'], experiment: 'shorter_receipt' },
  { template: 'payment_failed', category: 'payments', channels: ['email', 'push', 'in_app'] },
  { template: 'refund_done', category: 'payments', channels: ['email', 'in_app'] },
  { template: 'order_shipped', category: 'orders', channels: ['email', 'sms', 'push'] },
  { template: 'order_arrived', category: 'orders', channels: ['push', 'in_app'] },
  { template: 'sign_in_code', category: 'security', channels: ['sms', 'email'] },
  { template: 'new_device', category: 'security', channels: ['email', 'push'] },
  { template: 'basket_waits', category: 'marketing', channels: ['email', 'push'], experiment: 'friendlier_basket' },
  { template: 'weekly_news', category: 'marketing', channels: ['email'] },
  { template: 'price_drop', category: 'marketing', channels: ['push', 'in_app'] },
];
const pairs = templates.flatMap(({ channels, ...rest }) => channels.map((channel) => ({ ...rest, channel })));

const figure = (name: DeliveryFigure, count: number): readonly [number, number] => [slotOf(name), count];
const times = (from: number, count: number, typicalMs: number): Additions => {
  const some = Math.min(count, 40);
  return Array.from({ length: some }, () => [from + latencyBucketOf(typicalMs * (0.4 + 5 * random() ** 5)), Math.round(count / some)]);
};

const asked = (deliveries: number): Tally => {
  const suppressed = about(deliveries * 0.04);
  return added(noCounts, [
    figure('requested', deliveries),
    figure('suppressed', suppressed),
    [slotOfReason(random() < 0.5 ? 'category_opt_out' : 'hard_bounce'), suppressed],
  ]);
};

const sent = (deliveries: number): Tally => {
  const delivered = about(deliveries * 0.95);
  return added(noCounts, [
    ...[figure('sent', deliveries), figure('delivered', delivered), figure('bounced', about(deliveries * 0.02)), figure('failed', about(deliveries * 0.01))],
    ...[figure('opened', about(delivered * 0.3)), figure('clicked', about(delivered * 0.06)), figure('unsubscribed', about(delivered * 0.002))],
    ...times(sendingFrom, deliveries, 40),
    ...times(deliveringFrom, delivered, 150),
  ]);
};

const kindsOf = ({ category, channel, experiment }: (typeof pairs)[number], deliveries: number): Record<string, Tally> => {
  const variants = experiment === undefined ? [null] : ['control', 'other'];
  const key = (provider: string | null, variant: string | null) => kindKey(category, provider, experiment ?? null, variant);
  const kinds = variants.flatMap((variant) => [
    [key(null, variant), about(deliveries / variants.length), asked] as const,
    ...Object.entries(providers[channel]).map(([provider, share]) => [key(provider, variant), about((deliveries * share) / variants.length), sent] as const),
  ]);
  return Object.fromEntries(kinds.flatMap(([kind, count, tallyOf]) => (count > 0 ? [[kind, tallyOf(count)]] : [])));
};

const documentsOf = (interval: Interval, at: string, hours: number): { id: string; document: NotificationFigures }[] =>
  pairs.flatMap((pair) => {
    const fields = { channel: pair.channel, template: pair.template };
    const kinds = kindsOf(pair, (deliveriesAnHour * hours) / pairs.length);
    return Object.keys(kinds).length > 0 ? [{ id: figuresId(interval, at, fields), document: { ...emptyFigures(interval, at, fields), kinds } }] : [];
  });

type Batch = Parameters<typeof all.commit>[0];

/** The same by channel and provider. */
const byChannel = ({ documents, checkpoint }: Batch): Parameters<typeof channels.commit>[0] => {
  const sums = new Map<string, { figures: ChannelFigures; kinds: Map<string, Float64Array> }>();
  for (const { document } of documents) {
    if (!document) continue;
    const { interval, bucket, channel } = document;
    const id = figuresId(interval, bucket, { channel });
    const { figures, kinds } = sums.get(id) ?? { figures: emptyFigures(interval, bucket, { channel }), kinds: new Map<string, Float64Array>() };
    for (const [kind, tally] of Object.entries(document.kinds)) {
      const key = kindKey(kindValues(kind)[1] ?? null);
      const counts = kinds.get(key) ?? new Float64Array(slots);
      addTo(counts, tally);
      kinds.set(key, counts);
    }
    sums.set(id, { figures, kinds });
  }
  const summed = [...sums].map(([id, { figures, kinds }]) => ({ id, document: { ...figures, kinds: talliesOf(kinds) } }));
  return { documents: summed.map((one, n) => ({ ...one, position: checkpoint - BigInt(n) })), checkpoint };
};

const talliesOf = (kinds: ReadonlyMap<string, Float64Array>): Record<string, Tally> =>
  Object.fromEntries(
    [...kinds].map(([key, counts]) => [
      key,
      added(
        noCounts,
        [...counts].map((count, slot) => [slot, count]),
      ),
    ]),
  );

const both = {
  commit: async (batch: Batch): Promise<void> => {
    await all.commit(batch);
    await channels.commit(byChannel(batch));
  },
};

const reached = async () => true;
const read = { all: { find: all.find, reached }, channels: { find: channels.find, reached } };
const app = await listening(notificationAnalyticsQuery({ analytics: read, now: () => now }));

const answers: FiguresAnswers = {
  fill: async () => {
    const documents = await fill(both, documentsOf);
    await pool.query('analyze');
    return { documents, events: hoursKept * deliveriesAnHour * eventsADelivery };
  },
  url: async () => app.url,
};

serve(answers, async () => {
  await app.close();
  await pool.end();
});
