import type { ChannelOutcome, MessageChannel, WebhookMessage } from '../channel.ts';
import type { Exchange } from '../http/exchange.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { forbiddenAddress } from './addresses.ts';
import { type PostSettings, postDefaults, signedPost } from './signed-post.ts';
import { targetFaults, targetOf } from './target.ts';

export type WebhookSettings = PostSettings & { now?: () => number };

export const webhookDefaults = postDefaults;

/**
 * Webhooks to receivers whom others name, signed by Standard Webhooks. The id is the delivery's, so a receiver can tell a repetition. Each
 * try has a connection of its own, to an address that was checked; redirects aren't followed, and of the answer only the status counts.
 */
export const openWebhook = async (settings: WebhookSettings): Promise<MessageChannel<'webhook'>> => {
  const { now = Date.now } = settings;
  const { post, close } = signedPost({ ...settings, maxAnswerBytes: 0, now });

  const send = async ({ deliveryId, url, secrets, type, payload }: WebhookMessage): Promise<ChannelOutcome> => {
    const target = targetOf(url, settings);
    if (typeof target === 'string') return { status: 'rejected', code: target, permanent: true, reason: targetFaults[target], blame: 'recipient' };
    const body = JSON.stringify({ type, timestamp: new Date(now()).toISOString(), data: payload });
    const exchange = await post(target, { id: deliveryId, body, secrets });
    if (exchange === 'invalid_secret') {
      return { status: 'rejected', code: 'invalid_secret', permanent: true, reason: 'A secret is no whsec_ key.', blame: 'message' };
    }
    return outcomeOf(exchange, deliveryId, now());
  };

  // Each receiver speaks for itself.
  const limitedBy = ({ url }: WebhookMessage) => URL.parse(url)?.host ?? '';
  return { name: 'webhook', channel: 'webhook', repeatable: true, limitedBy, send, close: async () => close() };
};

/** By Standard Webhooks, "Operational considerations": only 2xx is success, 410 ends the subscription, everything else is tried again. */
const outcomeOf = (exchange: Exchange, deliveryId: string, now: number): ChannelOutcome => {
  if (exchange.status === 'unknown') return { status: 'unknown', reason: `The receiver gave no answer ${exchange.reason}` };
  if (exchange.status === 'not_sent') {
    if (exchange.reason === forbiddenAddress) {
      return { status: 'rejected', code: 'forbidden_address', permanent: true, reason: targetFaults.forbidden_address, blame: 'recipient' };
    }
    return { status: 'unavailable', reason: `The receiver can't be reached: ${exchange.reason}` };
  }
  const { http, headers } = exchange;
  const reason = `The receiver answered ${http}.`;
  if (http >= 200 && http < 300) return { status: 'accepted', reference: deliveryId };
  if (http === 410) return { status: 'rejected', code: '410', permanent: true, reason, blame: 'recipient' };
  const after = retryAfterMs(headers['retry-after'], now);
  if (http === 429 || (http === 503 && after !== null)) return { status: 'throttled', retryAfterMs: after, reason };
  return http >= 500 || http === 408 ? { status: 'unavailable', reason } : { status: 'rejected', code: String(http), permanent: false, reason };
};
