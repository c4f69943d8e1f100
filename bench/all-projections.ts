import { feedItems } from '../projections/notification/feed-items.ts';
import { notificationDetails } from '../projections/notification/notification-details.ts';
import { notificationList } from '../projections/notification/notification-list.ts';
import { paymentAnalytics } from '../projections/payment/payment-analytics.ts';
import { paymentDetails } from '../projections/payment/payment-details.ts';
import { paymentList } from '../projections/payment/payment-list.ts';
import type { AnyProjection } from '../projections/projection.ts';

/** Every read model that the application keeps. */
export const allProjections: readonly AnyProjection[] = [paymentDetails, paymentList, paymentAnalytics, notificationDetails, notificationList, feedItems];
