import { type ChannelFigures, channelLayout, type NotificationFigures, notificationLayout } from '../../projections/notification/notification-analytics.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { type Answer, answered, type Question } from '../figures/answer.ts';
import type { Filters } from '../figures/sums.ts';

type InDocument = (typeof notificationLayout.inDocument)[number];
type InKind = (typeof notificationLayout.inKind)[number];
/** What deliveries are told apart by. */
export type NotificationField = InDocument | InKind;

type Read = 'find' | 'reached';
/** `channels`: the same figures, without template, category and experiment. */
export type NotificationAnalytics = { all: Pick<ReadModel<NotificationFigures>, Read>; channels: Pick<ReadModel<ChannelFigures>, Read> };

/** What one question is answered from: of the read models that can, the one with the fewest documents. */
export type Chosen = { reached: ReadModel<object>['reached']; answer: () => Promise<Answer<NotificationField>> };

type ChannelField = (typeof channelLayout.inDocument)[number] | (typeof channelLayout.inKind)[number];
const channelFields: readonly string[] = [...channelLayout.inDocument, ...channelLayout.inKind];
const areOfChannels = (fields: readonly string[]): fields is readonly ChannelField[] => fields.every((field) => channelFields.includes(field));
const filtersOfChannels = (filters: Filters<NotificationField>): filters is Filters<ChannelField> =>
  areOfChannels(Object.entries(filters).flatMap(([field, is]) => (is === undefined ? [] : [field])));

export const chosenFrom = ({ all, channels }: NotificationAnalytics, question: Question<NotificationField>): Chosen => {
  const { by, filters, ...rest } = question;
  if (areOfChannels(by) && filtersOfChannels(filters))
    return { reached: channels.reached, answer: () => answered({ reader: channels, layout: channelLayout }, { by, filters, ...rest }) };
  return { reached: all.reached, answer: () => answered({ reader: all, layout: notificationLayout }, question) };
};
