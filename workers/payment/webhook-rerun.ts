import { fold } from '../../domain/decider.ts';
import { payment as rules } from '../../domain/payment/payment.ts';
import type { Payment } from '../../domain/payment/state.ts';
import type { WebhookEvent } from '../../domain/payment/webhook.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Notice, PaymentProvider } from '../../providers/payment/provider.ts';
import { context, fromNotice, type PaymentHandler } from './record.ts';

export type RerunSettings = {
  payments: Pick<PaymentHandler, 'history' | 'handle'>;
  providers: readonly PaymentProvider[];
  /** Gives the commands; else nothing is written. */
  apply: boolean;
  /** Which webhooks: times are RFC 3339, `from` is inclusive, `to` is not. */
  which: { from?: string; to?: string; provider?: string; paymentId?: string };
};

/** What one command comes to today. */
export type Change = { paymentId: string; command: string } & ({ events: readonly string[] } | { rejected: string });
export type Rerun = { webhookId: string; provider: string; eventId: string; kind: string; at: string } & (
  | { changes: readonly Change[] }
  /** Nothing can be read of it: its body was erased, or its provider isn't set up. */
  | { skipped: 'erased' | 'provider_not_set_up' }
  /** Its provider's mapping threw. */
  | { failed: string }
);

type Known = { state: Payment; commands: ReadonlySet<string> };

/**
 * Reads stored webhooks with today's mapping, and decides today's commands on payments as they are: what would change, without appending
 * it. Within one run, a webhook sees what those before it would have changed.
 */
export async function* rerunWebhooks(webhooks: AsyncIterable<Recorded<WebhookEvent>>, settings: RerunSettings): AsyncGenerator<Rerun> {
  const { providers, which } = settings;
  const weigh = weighing(settings);
  for await (const webhook of webhooks) {
    const { provider: name, eventId, kind, body } = webhook.data;
    if (!isWanted(webhook, which)) continue;
    const about = { webhookId: webhook.streamId, provider: name, eventId, kind, at: webhook.at };
    const provider = providers.find((one) => one.name === name);
    if (!provider || body === undefined) {
      yield { ...about, skipped: provider ? 'erased' : 'provider_not_set_up' };
      continue;
    }
    try {
      const changes: Change[] = [];
      for (const notice of await provider.webhooks.read(body)) {
        if (which.paymentId !== undefined && notice.paymentId !== which.paymentId) continue;
        const change = await weigh(webhook, notice, provider);
        if (change) changes.push(change);
      }
      yield { ...about, changes };
    } catch (error) {
      yield { ...about, failed: error instanceof Error ? error.message : String(error) };
    }
  }
}

const isWanted = ({ at, data }: Recorded<WebhookEvent>, { from, to, provider, paymentId }: RerunSettings['which']): boolean =>
  (from === undefined || Date.parse(at) >= Date.parse(from)) &&
  (to === undefined || Date.parse(at) < Date.parse(to)) &&
  (provider === undefined || data.provider === provider) &&
  // Whom a webhook speaks of may only show once it is read.
  (paymentId === undefined || data.paymentId === null || data.paymentId === paymentId);

/** Decides one notice; undefined where it is known already. */
const weighing = ({ payments, apply }: Pick<RerunSettings, 'payments' | 'apply'>) => {
  // Only of payments that this run has changed: of all others, the stream knows.
  const changed = new Map<string, Known>();

  const load = async (paymentId: string): Promise<Known> => {
    const { events } = await payments.history(paymentId);
    return { state: fold(rules, events), commands: new Set(events.map(({ metadata }) => metadata.commandId)) };
  };

  return async (webhook: Recorded<WebhookEvent>, notice: Notice, provider: PaymentProvider): Promise<Change | undefined> => {
    const { paymentId } = notice;
    const { command, commandId } = fromNotice(notice, provider, new Date(webhook.at));
    const known = changed.get(paymentId) ?? (await load(paymentId));
    if (known.commands.has(commandId)) return undefined;
    const decision = rules.decide(command, known.state);
    const about = { paymentId, command: command.type };
    if ('rejected' in decision) return { ...about, rejected: decision.rejected };
    if (decision.accepted.length === 0) return undefined;
    const events = decision.accepted.map(({ type }) => type);
    if (!apply) {
      changed.set(paymentId, { state: fold(rules, decision.accepted, known.state), commands: new Set([...known.commands, commandId]) });
      return { ...about, events };
    }
    const trace = { correlationId: webhook.metadata.$correlationId, causationId: webhook.id };
    const handled = await payments.handle(paymentId, command, context(commandId, `provider:${provider.name}`, trace));
    return 'rejected' in handled ? { ...about, rejected: handled.rejected } : { ...about, events };
  };
};
