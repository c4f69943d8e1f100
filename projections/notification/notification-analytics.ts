import { type NotificationEvent, notificationCatalogue } from '../../domain/notification/events.ts';
import { type Interval, intervals } from '../figures/buckets.ts';
import { emptyFigures, type FiguresDocument, figuresId, kindKey, withMore } from '../figures/figures-document.ts';
import type { Projection } from '../projection.ts';
import { type CountedKind, countedOf, slots } from './delivery-figures.ts';

/**
 * Of one channel and template (null: of words that came ready): a tally for each category, provider, experiment and variant. The provider is
 * null until one has taken it, and so is the variant of who is held out.
 */
export type NotificationFigures = FiguresDocument<'channel' | 'template'>;

export const notificationLayout = { inDocument: ['channel', 'template'], inKind: ['category', 'provider', 'experiment', 'variant'], slots } as const;

const types = Object.keys(notificationCatalogue) as NotificationEvent['type'][];

/** By hour, day and month, each on its own, so that a year is twelve documents of a channel and template. */
export const notificationAnalytics: Projection<NotificationEvent, NotificationFigures> = {
  name: 'notification-analytics',
  version: 1,
  store: 'postgres',
  indexes: { span: 'text', channel: 'text', template: 'text' },
  handles: types,
  ids: (event) => [...new Set(countedOf(event).flatMap(({ kind }) => intervals.map((interval) => idOf(interval, event.at, kind))))],
  evolve: (document, event, id) => {
    let figures = document;
    for (const { kind, additions } of countedOf(event)) {
      const interval = intervals.find((one) => idOf(one, event.at, kind) === id);
      if (!interval) continue;
      figures = withMore(figures ?? emptyFigures(interval, event.at, fieldsOf(kind)), keyOf(kind), additions);
    }
    return figures;
  },
};

const fieldsOf = ({ channel, template }: CountedKind) => ({ channel, template });
const idOf = (interval: Interval, at: string, kind: CountedKind): string => figuresId(interval, at, fieldsOf(kind));

const keyOf = ({ category, provider, experiment }: CountedKind): string => kindKey(category, provider, experiment?.key ?? null, experiment?.variant ?? null);
