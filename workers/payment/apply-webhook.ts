import type { Logger } from 'pino';
import type { Webhook, WebhookCommand, WebhookEvent } from '../../domain/payment/webhook.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import type { JobHandler } from '../../platform/jobs/jobs.ts';
import type { PaymentProvider } from '../../providers/payment/provider.ts';
import { ask } from './ask-provider.ts';
import { findSubject } from './payment-jobs.ts';
import { type Contradicted, commandFor, commandIdFor, context, fromNotice, isEarly, type PaymentHandler, recorder, withEnd } from './record.ts';

export type WebhookHandler = Handler<Webhook, WebhookCommand, WebhookEvent, never>;

export type WebhookWorkerSettings = {
  payments: Pick<PaymentHandler, 'load' | 'handle'>;
  webhooks: Pick<WebhookHandler, 'load'>;
  providers: ReadonlyMap<string, PaymentProvider>;
  log: Pick<Logger, 'error'>;
  contradicted?: Contradicted;
  now?: () => Date;
};

/** Applies a stored webhook: each piece of news is a command, which changes nothing where it is old. Throws what is to be tried again. */
export const webhookWorker = ({ payments, webhooks, providers, log, contradicted, now = () => new Date() }: WebhookWorkerSettings): JobHandler => {
  const record = recorder(payments, log, contradicted);

  /** Asks for the news of the charge itself, where it is still on its way. */
  const catchUp = async (provider: PaymentProvider, paymentId: string, attemptId: string, trace: Readonly<Record<string, string>>): Promise<void> => {
    const state = (await payments.load(paymentId))?.state;
    if (state?.status !== 'created') return;
    const subject = findSubject(state, 'attempt', attemptId);
    const answer = subject && (await ask(provider, { paymentId, payment: state, subject }));
    if (answer && !('status' in answer))
      await record(paymentId, commandFor(withEnd(answer, provider, now())), context(commandIdFor(answer), 'worker:payment', trace));
  };

  return async ({ data }) => {
    const webhook = (await webhooks.load(data.webhookId ?? ''))?.state;
    if (webhook?.status !== 'received') throw new Error(`webhook ${data.webhookId} was to be applied and isn't there`);
    const provider = providers.get(webhook.provider);
    if (!provider) throw new Error(`a webhook of ${webhook.provider} waits, which is not set up: set its keys, or leave it`);
    if (webhook.body === undefined) return;
    for (const notice of await provider.webhooks.read(webhook.body)) {
      const { command, commandId } = fromNotice(notice, provider, now());
      const tell = () => record(notice.paymentId, command, context(commandId, `provider:${provider.name}`, data));
      const refused = await tell();
      if (refused === 'dispute_before_capture' && notice.about === 'dispute') await catchUp(provider, notice.paymentId, notice.notice.attemptId, data);
      const early = isEarly(refused) ? await tell() : undefined;
      if (isEarly(early)) throw new Error(`news of payment ${notice.paymentId} is too early (${early}): tried again later`);
    }
  };
};
