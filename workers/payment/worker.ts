import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { type CreatedPayment, isUndecided, type Payment, undecidedOf } from '../../domain/payment/state.ts';
import type { JobHandler, Jobs } from '../../platform/jobs/jobs.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { PaymentProvider } from '../../providers/payment/provider.ts';
import { type WebhookHandler, webhookWorker } from './apply-webhook.ts';
import { ask, inDoubt, neverHappened, type Retries, send } from './ask-provider.ts';
import { deadlineWorker } from './expire.ts';
import {
  deadlinesQueue,
  findSubject,
  kinds,
  operationsQueue,
  reconciliation,
  reconciliationQueue,
  type Schedule,
  type Subject,
  usualSchedule,
  webhooksQueue,
} from './payment-jobs.ts';
import { type Contradicted, commandFor, commandIdFor, context, type PaymentHandler, recorder, type Said, withEnd } from './record.ts';

export type PaymentWorkerSettings = {
  payments: Pick<PaymentHandler, 'load' | 'handle' | 'waitUntil'>;
  webhooks: Pick<WebhookHandler, 'load'>;
  providers: readonly PaymentProvider[];
  jobs: Pick<Jobs, 'add' | 'work'>;
  log: Pick<Logger, 'error' | 'warn'>;
  /** Keeps what a provider contradicts for people to look at. */
  contradicted?: Contradicted;
  schedule?: Schedule;
  retries?: Retries;
  /** Younger than this, what a provider has no record of may still be on its way. Milliseconds. */
  onItsWayMs?: number;
  /** Older than this, a job that seems to be the first may be one taken over from a worker that was killed: less than such a take-over takes. Milliseconds. */
  freshMs?: number;
  now?: () => Date;
  concurrency?: { operations: number; reconciliation: number; webhooks: number };
};

type Data = Readonly<Record<string, string>>;
/** `resumeId`: of the resume that the job is for. */
type Found = { paymentId: string; payment: CreatedPayment; subject: Subject; resumeId: string | null };

/** How long a first try waits for the news of its own start, in milliseconds, before it reads the stream. */
const recallMs = 500;

/** The handlers of the payment service's jobs. Each reloads the stream and does nothing if the outcome is there. */
export const paymentWorker = (settings: PaymentWorkerSettings) => {
  const {
    payments,
    webhooks,
    jobs,
    log,
    contradicted,
    schedule = usualSchedule,
    retries = { times: 3, pauseMs: 100 },
    onItsWayMs = 60_000,
    freshMs = 4_000,
    now = () => new Date(),
  } = settings;
  const providers = new Map(settings.providers.map((provider) => [provider.name, provider]));
  const record = recorder(payments, log, contradicted);

  const found = ({ paymentId = '', kind = '', id = '', resumeId: asked }: Data, state: Payment | undefined): Found | undefined => {
    const known = kinds.find((one) => one === kind);
    if (state?.status !== 'created' || !known) throw new Error(`a job speaks of the ${kind} ${id} of payment ${paymentId}, which isn't there`);
    const subject = findSubject(state, known, id);
    const resumeId = asked ?? null;
    const begun = resumeId === null || subject?.attempt.resumes.includes(resumeId);
    return subject && begun ? { paymentId, payment: state, subject, resumeId } : undefined;
  };
  const load = async (data: Data) => found(data, (await payments.load(data.paymentId ?? ''))?.state);

  /** At a first try nothing can have happened since it was started: what this process knows of that will do, without a read. */
  const recall = async (data: Data) => {
    const started = (state: Payment) => state.status === 'created' && found(data, state) !== undefined;
    const id = data.paymentId ?? '';
    const known = await payments.waitUntil(id, started, { timeoutMs: recallMs });
    if (!known) return load(data);
    // Woken while its history was read, it may have seen the start of what is long done.
    const newest = await payments.waitUntil(id, started, { timeoutMs: 0 });
    return found(data, (newest ?? known).state);
  };

  const tell = (paymentId: string, said: Said, data: Data, { provider, occasion }: { provider: PaymentProvider | undefined; occasion?: string }) =>
    record(paymentId, commandFor(provider ? withEnd(said, provider, now()) : said), context(commandIdFor(said, occasion), 'worker:payment', data));

  const ageOf = ({ at }: Data): number => now().getTime() - Date.parse(at ?? '');

  const makeSure = async (provider: PaymentProvider, about: Found, mayHaveBeenSent: boolean, { traceparent }: Data): Promise<Said> => {
    const known = mayHaveBeenSent ? await ask(provider, about) : undefined;
    return known && !('status' in known) && settles(known) ? known : send(provider, { ...about, traceparent }, retries);
  };

  /** An earlier try that was cut off may have sent it: then the provider is asked first, and sent the same again only if it has no record. */
  const operate: JobHandler = async ({ data, attempt }) => {
    const mayHaveBeenSent = attempt > 1 || !(ageOf(data) < freshMs);
    const about = await (mayHaveBeenSent ? load(data) : recall(data));
    if (!about || !isDue(about)) return;
    const provider = providers.get(about.subject.attempt.provider);
    const said = provider ? await makeSure(provider, about, mayHaveBeenSent, data) : withoutProvider(about, mayHaveBeenSent);
    await tell(about.paymentId, said, data, { provider });
  };

  /** Undecided stays undecided until the provider says otherwise; it is asked again, for ever. */
  const reconcile: JobHandler = async ({ data }) => {
    const about = await load(data);
    if (!about || !isUndecided(about.subject)) return;
    const { paymentId, subject } = about;
    const provider = providers.get(subject.attempt.provider);
    const answer = provider ? await ask(provider, about) : inDoubt(subject, 'its provider is not set up', null);
    const said = 'status' in answer ? (ageOf(data) < onItsWayMs ? undefined : neverHappened(subject, 'the provider has no record of it', null)) : answer;
    if (said) await tell(paymentId, said, data, { provider, occasion: v5(`asked ${data.at} ${data.round}`, subject.id) });
    const after = await load(data);
    if (!after || !isUndecided(after.subject)) return;
    const round = Number(data.round) + 1;
    log.warn(
      { paymentId, kind: subject.kind, id: subject.id, provider: subject.attempt.provider, round },
      'the provider has not decided this yet; it will be asked again',
    );
    await jobs.add([reconciliation(data, round, schedule)]);
  };

  return {
    operate,
    reconcile,
    expire: deadlineWorker({ payments, jobs, schedule, now }),
    applyWebhook: webhookWorker({ payments, webhooks, providers, log, now, ...(contradicted && { contradicted }) }),
  };
};

/** Whether it is still to be made: neither its outcome nor, for a resume, an answer is there. */
const isDue = ({ subject: { status, attempt }, resumeId }: Found): boolean =>
  resumeId === null ? status === 'started' : attempt.resuming && attempt.resumes.at(-1) === resumeId;

/** What a provider says of a charge that waits for the customer is no answer to a resume: it may not have come. */
const settles = (said: Said): boolean => said.about !== 'attempt' || said.resumeId === null || said.outcome.status !== 'requires_action';

/** A provider that was set up when an earlier try was cut off may have been called. */
const withoutProvider = ({ subject, resumeId }: Found, mayHaveBeenSent: boolean): Said =>
  (mayHaveBeenSent ? inDoubt : neverHappened)(subject, `the provider ${subject.attempt.provider} is not set up`, resumeId);

/** Works off the payment service's jobs, and asks at once about everything `undecided`: ids of payments. */
export const runPaymentWorker = async (
  settings: PaymentWorkerSettings & { undecided?: () => AsyncIterable<string> },
): Promise<{ stop: () => Promise<void> }> => {
  const { jobs, payments, undecided, log, concurrency = { operations: 64, reconciliation: 8, webhooks: 16 } } = settings;
  const { operate, reconcile, expire, applyWebhook } = paymentWorker(settings);
  const working = await Promise.all([
    jobs.work(operationsQueue, operate, { concurrency: concurrency.operations }),
    jobs.work(reconciliationQueue, reconcile, { concurrency: concurrency.reconciliation }),
    jobs.work(deadlinesQueue, expire, { concurrency: concurrency.reconciliation }),
    jobs.work(webhooksQueue, applyWebhook, { concurrency: concurrency.webhooks }),
  ]);
  if (undecided)
    await askAtOnce({ payments, jobs, undecided }).catch((err: unknown) =>
      log.error({ err }, 'cannot look for what is undecided; it will be asked for on schedule'),
    );
  return { stop: async () => void (await Promise.all(working.map(({ stop }) => stop()))) };
};

const askAtOnce = async ({
  payments,
  jobs,
  undecided,
}: Pick<PaymentWorkerSettings, 'payments' | 'jobs'> & { undecided: () => AsyncIterable<string> }): Promise<void> => {
  const start = randomUUID();
  for await (const paymentId of undecided()) {
    const loaded = await payments.load(paymentId);
    if (loaded?.state.status !== 'created') continue;
    const data = { paymentId, at: loaded.updatedAt, round: '1' };
    await jobs.add(
      undecidedOf(loaded.state).map(({ kind, id }) => ({ queue: reconciliationQueue, id: `${kind}-${id}-${start}`, data: { ...data, kind, id } })),
    );
  }
};
