import { randomUUID } from 'node:crypto';
import type { AttemptOutcome, OperationOutcome } from '../../../domain/payment/outcome.ts';
import { paymentAggregate } from '../../../domain/payment/payment.ts';
import { webhookAggregate } from '../../../domain/payment/webhook.ts';
import { codec } from '../../../platform/event-store/codec.ts';
import type { EventStore } from '../../../platform/event-store/event-store.ts';
import { openHandler } from '../../../platform/event-store/handle.ts';
import type { Job, JobHandler } from '../../../platform/jobs/jobs.ts';
import { inMemoryPersonalData } from '../../../platform/personal-data/in-memory.ts';
import type {
  ChargeRequest,
  NotFound,
  Notice,
  OperationKind,
  OperationRequest,
  PaymentProvider,
  RetrieveOperation,
  RetrieveRequest,
} from '../../../providers/payment/provider.ts';
import { deadlinesQueue, operationsQueue, reconciliationQueue, webhooksQueue } from '../../../workers/payment/payment-jobs.ts';
import { paymentWorker } from '../../../workers/payment/worker.ts';
import type { Life } from '../run.ts';
import type { Books } from './books.ts';

/** Nothing is personal here: sealing has its own specs, and costs more than the rules. */
const nothingPersonal = (catalogue: object) => Object.fromEntries(Object.keys(catalogue).map((type) => [type, {}]));
export const plainCodec = codec({
  catalogues: [nothingPersonal(paymentAggregate.catalogue), nothingPersonal(webhookAggregate.catalogue)],
  personalData: inMemoryPersonalData(),
});

/** What one process asks the world to do, one thing at a time; a process that was killed never hears of it again. */
export type World = {
  now: () => number;
  store: EventStore;
  call: <T>(what: string, accept: () => T) => Promise<T | Refusal>;
  addJobs: (jobs: readonly Job[]) => void;
  alert: (about: object, text?: string) => void;
};
export type Refusal = { status: 'not_sent'; reason: string; retriable: boolean } | { status: 'unknown'; reason: string };

const notFound: NotFound = { status: 'not_found' };

const providerOver = (books: Books, captures: 'one' | 'many', { call }: World): PaymentProvider => {
  const named = (what: string) => `${books.name} ${what}`;
  const operate = (kind: OperationKind) => (request: OperationRequest) => call<OperationOutcome>(named(kind), () => books.operate(kind, request));
  // A question changes nothing: that it isn't heard and that nobody answers are the same.
  const asked = async <T>(what: string, answer: () => T): Promise<T | { status: 'unknown'; reason: string }> => {
    const said = await call(named(what), answer);
    return isRefusal(said) ? { status: 'unknown', reason: said.reason } : said;
  };
  return {
    name: books.name,
    abilities: { methods: ['card'], captures, authorizationMs: 7 * 86_400_000 },
    refuses: () => undefined,
    charge: (request: ChargeRequest) => call<AttemptOutcome>(named('charge'), () => books.charge(request)),
    resume: (request) => call<AttemptOutcome>(named('resume'), () => books.resume(request)),
    capture: operate('capture'),
    void: operate('void'),
    refund: operate('refund'),
    retrieveAttempt: ({ reference }: RetrieveRequest) => asked<AttemptOutcome | NotFound>('how is the charge', () => books.standing(reference) ?? notFound),
    retrieveOperation: ({ reference, kind }: RetrieveOperation) =>
      asked<OperationOutcome | NotFound>(`how is the ${kind}`, () => books.operationStanding(reference) ?? notFound),
    transactions: async function* () {},
    check: async () => ({ status: 'ok' }),
    webhooks: { verify: async () => ({ invalid: 'not asked' }), read: async (body): Promise<readonly Notice[]> => [JSON.parse(body)] },
  };
};
const isRefusal = (said: unknown): said is Refusal =>
  typeof said === 'object' && said !== null && 'status' in said && (said.status === 'not_sent' || (said.status === 'unknown' && 'reason' in said));

/** One process of the service: its own memory, the shared log, and the same workers as in production. */
export const startProcess = (world: World, books: readonly Books[]) => {
  const now = () => new Date(world.now());
  const settings = { store: world.store, codec: plainCodec, now };
  const payments = openHandler(paymentAggregate, settings);
  const webhooks = openHandler(webhookAggregate, settings);
  const worker = paymentWorker({
    payments,
    webhooks,
    providers: books.map((each) => providerOver(each, each.name === 'alpha' ? 'many' : 'one', world)),
    jobs: { add: async (jobs) => world.addJobs(jobs), work: async () => ({ stop: async () => {} }) },
    log: { error: world.alert, warn: () => {} },
    retries: { times: 2, pauseMs: 0, pause: async () => {} },
    now,
  });
  return { id: randomUUID(), payments, webhooks, worker };
};
export type Process = ReturnType<typeof startProcess>;
export type PaymentLife = Life<Process>;

export const paymentId = '00000000-0000-4000-8000-000000000001';

export const handlerOf = ({ worker }: Process, queue: string): JobHandler => {
  switch (queue) {
    case operationsQueue:
      return worker.operate;
    case reconciliationQueue:
      return worker.reconcile;
    case deadlinesQueue:
      return worker.expire;
    case webhooksQueue:
      return worker.applyWebhook;
    default:
      throw new Error(`nobody works on ${queue}`);
  }
};
