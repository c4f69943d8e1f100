import { type NotificationEvent, notificationCatalogue } from '../../domain/notification/events.ts';
import { intervals } from '../figures/buckets.ts';
import { emptyFigures, type FiguresDocument, figuresId, kindKey, withMore } from '../figures/figures-document.ts';
import type { Projection } from '../projection.ts';
import { type CountedKind, countedOf, slots } from './delivery-figures.ts';

/**
 * Of one channel and template (null: of words that came ready): a tally for each category, provider, experiment and variant. The provider is
 * null until one has taken it, and so is the variant of who is held out.
 */
export type NotificationFigures = FiguresDocument<'channel' | 'template'>;
export const notificationLayout = { inDocument: ['channel', 'template'], inKind: ['category', 'provider', 'experiment', 'variant'], slots } as const;

/** The same of one channel, whatever the template: a tally for each provider. Most questions need no more, and there are far fewer of these. */
export type ChannelFigures = FiguresDocument<'channel'>;
export const channelLayout = { inDocument: ['channel'], inKind: ['provider'], slots } as const;

const types = Object.keys(notificationCatalogue) as NotificationEvent['type'][];

type Counting<P extends string> = Pick<Projection<NotificationEvent, FiguresDocument<P>>, 'name' | 'version' | 'indexes'> & {
  fieldsOf: (kind: CountedKind) => { readonly [Field in P]: string | null };
  keyOf: (kind: CountedKind) => string;
};

/** By hour, day and month, each on its own, so that a year is twelve documents of each that `fieldsOf` tells apart. */
const counting = <P extends string>({ fieldsOf, keyOf, ...described }: Counting<P>): Projection<NotificationEvent, FiguresDocument<P>> => ({
  ...described,
  store: 'postgres',
  handles: types,
  ids: (event) => [...new Set(countedOf(event).flatMap(({ kind }) => intervals.map((interval) => figuresId(interval, event.at, fieldsOf(kind)))))],
  evolve: (document, event, id) => {
    let figures = document;
    for (const { kind, additions } of countedOf(event)) {
      const fields = fieldsOf(kind);
      const interval = intervals.find((one) => figuresId(one, event.at, fields) === id);
      if (interval) figures = withMore(figures ?? emptyFigures(interval, event.at, fields), keyOf(kind), additions);
    }
    return figures;
  },
});

export const notificationAnalytics: Projection<NotificationEvent, NotificationFigures> = counting<'channel' | 'template'>({
  name: 'notification-analytics',
  version: 1,
  indexes: { span: 'text', channel: 'text', template: 'text' },
  fieldsOf: ({ channel, template }) => ({ channel, template }),
  keyOf: ({ category, provider, experiment }) => kindKey(category, provider, experiment?.key ?? null, experiment?.variant ?? null),
});

export const channelAnalytics: Projection<NotificationEvent, ChannelFigures> = counting<'channel'>({
  name: 'channel-analytics',
  version: 1,
  indexes: { span: 'text', channel: 'text' },
  fieldsOf: ({ channel }) => ({ channel }),
  keyOf: ({ provider }) => kindKey(provider),
});
