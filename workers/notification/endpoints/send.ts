import { randomUUID } from 'node:crypto';
import { type DisabledReason, type KnownEndpoint, secretsInForce } from '../../../domain/notification/endpoint.ts';
import { failsTooLong, patienceFor, usualFailingMs, usualWaits, waitAfter } from '../../../domain/notification/endpoint-tries.ts';
import type { ClaimedDelivery, EndpointHealth, Verdict, WebhookAttempt, WebhookDeliveries } from '../../../platform/webhook-deliveries/webhook-deliveries.ts';
import type { Exchange } from '../../../providers/message/http/exchange.ts';
import { retryAfterMs } from '../../../providers/message/http/retry-after.ts';
import { forbiddenAddress } from '../../../providers/message/webhook/addresses.ts';
import { type PostSettings, signedPost } from '../../../providers/message/webhook/signed-post.ts';
import { targetFaults, targetOf } from '../../../providers/message/webhook/target.ts';
import type { Directory, EndpointHandler } from './directory.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';

export type SendSettings = {
  directory: Pick<Directory, 'get'>;
  deliveries: Pick<WebhookDeliveries, 'record' | 'skip'>;
  endpoints: Pick<EndpointHandler, 'handle'>;
  post: PostSettings;
  metrics?: WebhookMetrics;
  /** Milliseconds between tries. */
  waits?: readonly number[];
  failingMs?: number;
  now?: () => Date;
};

/** How one try ended; `gone`: the receiver wants nothing more, ever. */
type Ended = Pick<WebhookAttempt, 'statusCode' | 'error' | 'excerpt'> & { patienceMs: number | null; gone: boolean };

const excerptBytes = 1_024;

/** One try at one delivery, recorded. What was cut off before it was recorded is tried again when its claim has run out. */
export const sendWebhook = (settings: SendSettings) => {
  const { directory, deliveries, endpoints, waits = usualWaits, failingMs = usualFailingMs, now = () => new Date() } = settings;
  const { post, close } = signedPost({ ...settings.post, maxAnswerBytes: excerptBytes });

  const attempt = async (endpoint: KnownEndpoint, { event }: ClaimedDelivery): Promise<Ended> => {
    const target = targetOf(endpoint.url, settings.post);
    if (typeof target === 'string') return failed(targetFaults[target]);
    const { id, type, time, data } = event;
    const body = JSON.stringify({ id, type, timestamp: time, data });
    const exchange = await post(target, { id, body, secrets: secretsInForce(endpoint, now()) });
    return exchange === 'invalid_secret' ? failed('The endpoint has no secret.') : endedBy(exchange, now().getTime());
  };

  const disable = async (delivery: ClaimedDelivery, reason: DisabledReason): Promise<void> => {
    const context = { commandId: randomUUID(), actor: 'worker:webhooks', correlationId: delivery.event.id, causationId: delivery.event.id };
    await endpoints.handle(delivery.endpointId, { type: 'Disable', reason, at: now().toISOString() }, context);
  };

  const reasonToDisable = (ended: Ended, health: EndpointHealth, { enabledAt }: KnownEndpoint): DisabledReason | undefined => {
    if (ended.gone) return 'gone';
    return failsTooLong(health, enabledAt, now(), failingMs) ? 'failing' : undefined;
  };

  return {
    send: async (delivery: ClaimedDelivery): Promise<void> => {
      const endpoint = directory.get(delivery.endpointId);
      if (!endpoint || (endpoint.status === 'disabled' && !delivery.once)) return deliveries.skip(delivery.endpointId, delivery.id);
      const began = now();
      const ended = await attempt(endpoint, delivery);
      const { statusCode, error, excerpt, patienceMs } = ended;
      const durationMs = Math.max(0, now().getTime() - began.getTime());
      settings.metrics?.tried(error === null ? 'delivered' : 'failed', durationMs);
      const verdict = verdictOn(ended, delivery, waits);
      const tried = { at: began.toISOString(), durationMs, statusCode, error, excerpt };
      const health = await deliveries.record(delivery, tried, verdict, patienceFor(patienceMs));
      const reason = reasonToDisable(ended, health, endpoint);
      if (reason && endpoint.status === 'enabled') await disable(delivery, reason);
    },
    close,
  };
};

const failed = (error: string, more: Partial<Ended> = {}): Ended => ({ statusCode: null, error, excerpt: null, patienceMs: null, gone: false, ...more });

const verdictOn = ({ error, gone, patienceMs }: Ended, { once, tries }: ClaimedDelivery, waits: readonly number[]): Verdict => {
  if (error === null) return { status: 'delivered' };
  const inMs = once || gone ? null : waitAfter({ tries: tries + 1, retryAfterMs: patienceMs, chance: Math.random() }, waits);
  return inMs === null ? { status: 'failed' } : { status: 'pending', inMs };
};

/** By Standard Webhooks, "Operational considerations": only 2xx is success, 410 ends the subscription, everything else is tried again. */
const endedBy = (exchange: Exchange, now: number): Ended => {
  switch (exchange.status) {
    case 'not_sent':
      return failed(exchange.reason === forbiddenAddress ? targetFaults.forbidden_address : `The receiver can't be reached: ${exchange.reason}`);
    case 'unknown':
      return failed(`The receiver gave no answer ${exchange.reason}`);
    case 'answered': {
      const { http, headers, text } = exchange;
      const excerpt = text === '' ? null : excerptOf(text);
      if (http >= 200 && http < 300) return { statusCode: http, error: null, excerpt, patienceMs: null, gone: false };
      const patienceMs = http === 429 || http === 503 ? retryAfterMs(headers['retry-after'], now) : null;
      return failed(`The receiver answered ${http}.`, { statusCode: http, excerpt, patienceMs, gone: http === 410 });
    }
  }
};

/** Cut in the middle of a letter it ends before it; PostgreSQL takes no NUL. */
const excerptOf = (text: string): string =>
  Buffer.from(text.replaceAll('\0', ''))
    .subarray(0, excerptBytes)
    .toString()
    .replace(/\uFFFD+$/, '');
