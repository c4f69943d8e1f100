// Writes histories into the log as fast as it takes them: everyday payments, each with the receipt that follows it. A whole stream is one append.
import { randomUUID } from 'node:crypto';
import { type Decider, fold } from '../../domain/decider.ts';
import type { DomainEvent } from '../../domain/event.ts';
import { type NotificationEvent, notificationCatalogue } from '../../domain/notification/events.ts';
import type { NotificationCommand } from '../../domain/notification/notification.ts';
import { notification } from '../../domain/notification/notification.ts';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import { type PaymentEvent, paymentCatalogue } from '../../domain/payment/events.ts';
import { payment } from '../../domain/payment/payment.ts';
import { openEventStore } from '../../platform/event-store/client.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openPersonalData } from '../../platform/personal-data/open-personal-data.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { createCommand } from '../create-command.ts';
import { serve, settingsOf } from '../harness/program.ts';
import { masterKey } from '../master-key.ts';

const { connectionString, postgresUrl } = settingsOf<{ connectionString: string; postgresUrl: string }>();
const pool = openPostgres(postgresUrl, { max: 2 });
const events = codec({ catalogues: [paymentCatalogue, notificationCatalogue], personalData: await openPersonalData(pool, { masterKey }) });
const store = openEventStore({ connectionString });

/** What these commands lead to, from nothing. */
const historyOf = <S, C, E extends DomainEvent, R extends string>(decider: Decider<S, C, E, R>, commands: readonly C[]): readonly E[] => {
  const history: E[] = [];
  for (const command of commands) {
    const decision = decider.decide(command, fold(decider, history));
    if ('rejected' in decision) throw new Error(decision.rejected);
    history.push(...decision.accepted);
  }
  return history;
};

const paymentHistory = (): readonly PaymentEvent[] => {
  const create = createCommand();
  const attemptId = randomUUID();
  const { amount, currency } = create;
  const inputs = { amount, currency, method: 'card', country: null, requested: null, draw: 0, standings: [] } as const;
  const route = { providers: ['sandbox'], rule: null, ruleSetVersion: 0, failoverOn: [], inputs } as const;
  const process: PaymentCommand = { type: 'Process', attemptId, method: 'card', token: 'tok_success', context: {}, assessment: null, route };
  const outcome = { status: 'captured', providerReference: randomUUID(), amount, currency } as const;
  return historyOf(payment, [
    create,
    process,
    { type: 'RecordAttempt', attemptId, outcome, reversalId: randomUUID(), nextAttemptId: randomUUID(), resumeId: null },
  ]);
};

const receiptHistory = (): readonly NotificationEvent[] => {
  const userId = createCommand().customer?.id ?? 'nobody';
  const [email, inApp] = [randomUUID(), randomUUID()];
  const request: NotificationCommand = {
    type: 'Request',
    request: {
      userId,
      to: { email: `${userId}@shop.example` },
      template: { key: 'payment-receipt', version: 1 },
      data: { amount: '49.99', currency: 'EUR', reference: 'order-1' },
      category: 'transactional',
      priority: 'normal',
      locale: 'en',
      deliveries: [
        { id: email, channel: 'email' },
        { id: inApp, channel: 'in_app' },
      ],
    },
  };
  const at = new Date().toISOString();
  const content = { title: 'Payment received', body: 'Thank you: we have received 49.99 EUR.', url: null };
  const results: readonly NotificationEvent[] = [
    { type: 'DeliverySent', data: { deliveryId: email, at, provider: 'outbox', attempt: 1, reference: randomUUID() } },
    {
      type: 'InAppDelivered',
      data: { deliveryId: inApp, at, provider: 'feed', attempt: 1, userId, category: 'transactional', template: 'payment-receipt', content },
    },
  ];
  return [...historyOf(notification, [request]), ...results];
};

const append = async (stream: string, history: readonly DomainEvent[]): Promise<bigint> => {
  const commandId = randomUUID();
  const sealed = await events.encode(
    stream,
    history.map((event) => ({ id: randomUUID(), ...event })),
  );
  const metadata = {
    commandId,
    actor: 'bench',
    at: new Date().toISOString(),
    $correlationId: commandId,
    $causationId: commandId,
    previousHash: '',
    hash: commandId,
  };
  const result = await store.append(
    stream,
    'no_stream',
    sealed.map((event) => ({ ...event, metadata })),
  );
  if (!result.appended) throw new Error(`${stream} was there already`);
  return result.position;
};

const methods = {
  /** So many payments with their receipts, by 64 writers. `head`: the position of the last event. */
  feed: async ({ payments }: { payments: number }): Promise<{ events: number; head: string; seconds: number }> => {
    let [left, written, head] = [payments, 0, 0n];
    const begin = performance.now();
    const writer = async (): Promise<void> => {
      while (left-- > 0) {
        for (const [stream, history] of [
          [`payment-${randomUUID()}`, paymentHistory()],
          [`notification-${randomUUID()}`, receiptHistory()],
        ] as const) {
          const position = await append(stream, history);
          written += history.length;
          if (position > head) head = position;
        }
      }
    };
    await Promise.all(Array.from({ length: 64 }, writer));
    return { events: written, head: String(head), seconds: (performance.now() - begin) / 1000 };
  },
};
export type HistoryFeeder = typeof methods;

serve(methods, async () => {
  await store.close();
  await pool.end();
});
