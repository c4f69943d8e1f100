import type { PushMessage } from '../channel.ts';
import { collapseIdOf } from './ids.ts';

/** One message of Firebase's HTTP v1 API for whatever the device is: Android, Apple by way of APNs, or a browser. `now`: milliseconds since 1970. */
export const fcmContent = ({ title, body, url, data, badge, collapseKey, ttlSeconds, deliveryId }: PushMessage, now: number) => {
  const expires = ttlSeconds === undefined ? undefined : String(Math.floor(now / 1_000) + ttlSeconds);
  return {
    notification: { title, body },
    data: { ...data, ...(url === null ? {} : { url }), deliveryId },
    android: {
      ...(ttlSeconds === undefined ? {} : { ttl: `${ttlSeconds}s` }),
      ...(collapseKey === undefined ? {} : { collapseKey }),
      notification: { ...(badge === undefined ? {} : { notificationCount: badge }), ...(collapseKey === undefined ? {} : { tag: collapseKey }) },
    },
    apns: {
      headers: {
        ...(expires === undefined ? {} : { 'apns-expiration': expires }),
        ...(collapseKey === undefined ? {} : { 'apns-collapse-id': collapseIdOf(collapseKey) }),
      },
      payload: { aps: { sound: 'default', ...(badge === undefined ? {} : { badge }) } },
    },
    webpush: {
      headers: { ...(ttlSeconds === undefined ? {} : { TTL: String(ttlSeconds) }) },
      ...(url?.startsWith('https://') ? { fcmOptions: { link: url } } : {}),
    },
  };
};
