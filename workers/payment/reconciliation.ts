import type { PaymentEvent } from '../../domain/payment/events.ts';
import type { Reconciliation, ReconciliationCommand, ReconciliationEvent, ReconciliationRejection } from '../../domain/payment/reconciliation.ts';
import { type Comparison, compare, type Finding, type OurMovement, type TheirMovement } from '../../domain/payment/reconciliation-comparison.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { collect } from '../../platform/event-store/collect.ts';
import type { Position } from '../../platform/event-store/event-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { JobHandler } from '../../platform/jobs/jobs.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { PaymentProvider, Span } from '../../providers/payment/provider.ts';
import type { Reaction } from '../reaction.ts';
import { context, type PaymentHandler } from './record.ts';

export type ReconciliationHandler = Handler<Reconciliation, ReconciliationCommand, ReconciliationEvent, ReconciliationRejection>;

/** Our books: a read model, from which it is read what moved. */
export type Ledger = {
  reached: (position: Position, timeoutMs: number) => Promise<boolean>;
  between: (provider: string, span: Span) => AsyncIterable<OurMovement>;
  /** Whenever it was: what we know by these names. */
  named: (provider: string, names: { reference: string | null; providerReference: string }) => Promise<readonly OurMovement[]>;
};

type BooksSettings = { payments: Pick<PaymentHandler, 'history'>; ledger: Ledger; now?: () => Date };
export type ComparisonSettings = BooksSettings & {
  reconciliations: Pick<ReconciliationHandler, 'load' | 'handle'>;
  providers: readonly Pick<PaymentProvider, 'name' | 'transactions'>[];
};

/** Days to compare; `nightly` asks for them. */
export const comparisonsQueue = 'payment-reconciliations';

// Never to be changed: that a day is reconciled once a run hangs on it.
export const reconciliationNamespace = '9d1f6a0e-6b0c-4a1e-8a5b-2f1a7c3e4d55';

const isRequest = (event: Recorded): event is Recorded<Extract<ReconciliationEvent, { type: 'ReconciliationRequested' }>> =>
  event.type === 'ReconciliationRequested';

/** What was asked for is to be compared. */
export const reconciliationReaction: Reaction = {
  name: 'reconciliations',
  types: ['ReconciliationRequested'],
  toJobs: (event) => {
    if (!isRequest(event)) return [];
    const { streamId, id, position, metadata, data } = event;
    const trace = { correlationId: metadata.$correlationId, causationId: id, ...(metadata.traceparent && { traceparent: metadata.traceparent }) };
    return [{ queue: comparisonsQueue, id: `${streamId}-run${data.run}`, data: { reconciliationId: streamId, position: String(position), ...trace } }];
  },
};

// How long our books may take to hold what was before the request, in milliseconds; after that the job is tried again.
const patienceMs = 30_000;

/** Compares one day, and records what was found. Throws where either books can't be had: it is tried again. */
export const comparisonWorker = ({ reconciliations, providers, ...books }: ComparisonSettings): JobHandler => {
  return async ({ data }) => {
    const id = data.reconciliationId ?? '';
    const state = (await reconciliations.load(id))?.state;
    if (!state || state.status === 'absent') throw new Error(`reconciliation ${id} was asked for and isn't there`);
    if (state.status === 'completed') return;
    const provider = providers.find(({ name }) => name === state.provider);
    if (!provider) throw new Error(`a reconciliation with ${state.provider} waits, which is not set up: set its keys`);
    if (!(await books.ledger.reached(BigInt(data.position ?? ''), patienceMs))) throw new Error('our books are not up to date yet: tried again later');
    const comparison = await compareBooks(provider, state.day, books);
    const commandId = v5(JSON.stringify(['complete', id, state.run]), reconciliationNamespace);
    await reconciliations.handle(id, { type: 'Complete', run: state.run, comparison }, context(commandId, 'worker:reconciliation', data));
  };
};

const dayMs = 86_400_000;
const clockSkewMs = 3_600_000;
const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

/**
 * Both sides with the days beside it. What then is missing may have been learnt of days after it moved: it is looked for from when it was
 * begun. What is extra may be known to us since later.
 */
export const compareBooks = async (
  provider: Pick<PaymentProvider, 'name' | 'transactions'>,
  date: string,
  { payments, ledger, now = () => new Date() }: BooksSettings,
): Promise<Comparison> => {
  const day = { from: `${date}T00:00:00.000Z`, to: later(`${date}T00:00:00.000Z`, dayMs) };
  const from = later(day.from, -dayMs);
  const to = later(day.to, dayMs);
  const end = new Date(Math.min(Date.parse(to), now().getTime())).toISOString();
  const ours = await collect(ledger.between(provider.name, { from, to }));
  const theirs = await transactions(provider, { from, to: end });
  const comparison = compare(ours, theirs, day);
  const begun = await earliest(payments, comparison.findings);
  const earlier = begun !== undefined && begun < from ? await transactions(provider, { from: later(begun, -clockSkewMs), to: from }) : [];
  const known = await knownOtherwise(provider.name, ledger, comparison.findings, new Set(ours.map(({ reference }) => reference)));
  return earlier.length + known.length === 0 ? comparison : compare([...ours, ...known], [...earlier, ...theirs], day);
};

const transactions = async (provider: Pick<PaymentProvider, 'transactions'>, span: Span): Promise<TheirMovement[]> =>
  (await collect(provider.transactions(span))).map((one) => ({ ...one, at: new Date(one.at).toISOString() }));

/** When the first of what is missing was begun. */
const earliest = async (payments: Pick<PaymentHandler, 'history'>, findings: readonly Finding[]): Promise<string | undefined> => {
  const times: string[] = [];
  for (const { kind, paymentId, reference } of findings) {
    if (kind !== 'missing' || paymentId === null) continue;
    const { events } = await payments.history(paymentId);
    const started = events.find((event) => startedBy(event) === reference);
    if (started) times.push(started.at);
  }
  return times.toSorted()[0];
};

const startedBy = (event: PaymentEvent): string | undefined => {
  if (event.type === 'AttemptStarted') return event.data.attemptId;
  if (event.type === 'CaptureStarted') return event.data.captureId;
  return event.type === 'RefundStarted' ? event.data.refundId : undefined;
};

const knownOtherwise = async (provider: string, ledger: Ledger, findings: readonly Finding[], compared: ReadonlySet<string>): Promise<OurMovement[]> => {
  const known = new Map<string, OurMovement>();
  for (const { kind, reference, providerReference } of findings) {
    if (kind !== 'extra' || providerReference === null) continue;
    for (const movement of await ledger.named(provider, { reference, providerReference })) {
      if (!compared.has(movement.reference)) known.set(movement.reference, movement);
    }
  }
  return [...known.values()];
};
