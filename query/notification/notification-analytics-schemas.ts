import { Type } from 'typebox';
import { deliveryFigures } from '../../projections/notification/delivery-figures.ts';
import { Bucket, FiguresAnswer, LatencyBody, NameOrNull, Ratio } from '../figures/schemas.ts';
import { dimensions } from './figures.ts';

const row = {
  bucket: Bucket,
  ...Object.fromEntries(dimensions.map((dimension) => [dimension, Type.Optional(NameOrNull)])),
  ...Object.fromEntries(deliveryFigures.map((name) => [name, Type.Integer()])),
  deliveryRate: Ratio('Said to be delivered, of sent; providers without receipts say nothing'),
  bounceRate: Ratio('Came back, of sent'),
  failureRate: Ratio('Failed, of those that were tried to the end: sent or failed'),
  suppressionRate: Ratio('Not to be sent, of requested'),
  openRate: Ratio('Opened, of sent that did not come back'),
  clickRate: Ratio('Clicked, of sent that did not come back'),
  clickToOpenRate: Ratio('Clicked, of opened'),
  complaintRate: Ratio('Complained, of sent that did not come back'),
  unsubscribeRate: Ratio('Unsubscribed by it, of sent that did not come back'),
  suppressions: Type.Record(Type.String(), Type.Integer(), { description: 'Suppressed by reason; `held_out`: of an experiment' }),
  latency: Type.Object({
    sent: LatencyBody('From the request, or the time that it was put off to, until it was sent'),
    delivered: LatencyBody('From sent to delivered, by the provider’s clock; what took less than 10 ms counts as 10'),
  }),
};

export const NotificationAnalyticsAnswer = FiguresAnswer(row, row, {});
