import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import * as x from '../../domain/payment/examples.ts';
import type { AttemptOutcome, OperationOutcome } from '../../domain/payment/outcome.ts';
import { paymentAggregate } from '../../domain/payment/payment.ts';
import { amountCaptured, amountRefunded } from '../../domain/payment/state.ts';
import { webhookAggregate } from '../../domain/payment/webhook.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { memoryStore } from '../../platform/event-store/memory-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Job } from '../../platform/jobs/jobs.ts';
import { inMemoryPersonalData } from '../../platform/personal-data/in-memory.ts';
import type { NotFound, Notice, OperationRequest, PaymentProvider } from '../../providers/payment/provider.ts';
import { paymentReaction, reconciliationQueue } from './payment-jobs.ts';
import { paymentWorker, runPaymentWorker } from './worker.ts';

const a1 = '00000000-0000-4000-8000-0000000000a1';
const r1 = '00000000-0000-4000-8000-0000000000b1';
const r2 = '00000000-0000-4000-8000-0000000000b2';
const p1 = '00000000-0000-4000-8000-000000000001';

/** A provider that would charge twice for the same key, so that it shows whether we ask it to. */
const forgetful = (script: ('answer' | 'lose' | 'refuse' | 'crash')[] = []) => {
  const books = new Map<string, number>();
  const held: Record<'times', number> = { times: 0 };
  const notices: Notice[] = [];
  const run = <T>(reference: string, answer: T): T | { status: 'unknown'; reason: string } | { status: 'not_sent'; reason: string; retriable: boolean } => {
    held.times += 1;
    const fate = script.shift() ?? 'answer';
    if (fate === 'refuse') return { status: 'not_sent', reason: 'connection refused', retriable: true };
    books.set(reference, (books.get(reference) ?? 0) + 1);
    if (fate === 'crash') throw new Error('the process was killed');
    return fate === 'lose' ? { status: 'unknown', reason: 'no answer' } : answer;
  };
  const done = ({ reference, amount, currency }: { reference: string; amount: number; currency: string }): OperationOutcome => ({
    status: 'succeeded',
    providerReference: `p-${reference}`,
    amount,
    currency,
  });
  const operate = async (request: OperationRequest): Promise<OperationOutcome> => run(request.reference, done(request));
  const captured = { status: 'captured', providerReference: 'p', amount: 10_000, currency: 'GBP' } as const;
  const provider: PaymentProvider = {
    name: 'sandbox',
    charge: async ({ reference }) => run<AttemptOutcome>(reference, captured),
    capture: operate,
    void: operate,
    refund: operate,
    retrieveAttempt: async ({ reference }): Promise<AttemptOutcome | NotFound> => (books.has(reference) ? captured : { status: 'not_found' }),
    retrieveOperation: async ({ reference }): Promise<OperationOutcome | NotFound> =>
      books.has(reference) ? done({ reference, amount: 4_000, currency: 'GBP' }) : { status: 'not_found' },
    abilities: { methods: ['card'], captures: 'many', authorizationMs: 7 * 86_400_000 },
    refuses: () => undefined,
    resume: async () => captured,
    transactions: async function* () {},
    check: async () => ({ status: 'ok' }),
    webhooks: { verify: async () => ({ invalid: 'no' }), read: async () => notices },
  };
  return { provider, books, held, notices };
};

const platform = (provider: PaymentProvider, change: { at?: Date } = {}) => {
  const store = memoryStore();
  const personalData = inMemoryPersonalData();
  const settings = { store, codec: codec({ catalogues: [paymentAggregate.catalogue, webhookAggregate.catalogue], personalData }) };
  const payments = openHandler(paymentAggregate, settings);
  const webhooks = openHandler(webhookAggregate, settings);
  const added: Job[] = [];
  const errors: object[] = [];
  const workerOn = (handler: typeof payments) =>
    paymentWorker({
      payments: handler,
      webhooks,
      providers: [provider],
      jobs: { add: async (jobs) => void added.push(...jobs), work: async () => ({ stop: async () => {} }) },
      log: { error: (about: object) => void errors.push(about), warn: () => {} },
      retries: { times: 3, pauseMs: 0 },
      now: () => change.at ?? new Date(),
    });
  const worker = workerOn(payments);
  /** The worker of another process, which has nothing in memory. */
  const otherWorker = () => workerOn(openHandler(paymentAggregate, settings));
  const give = (command: PaymentCommand) => {
    const commandId = randomUUID();
    return payments.handle(p1, command, { commandId, actor: 'test', correlationId: commandId, causationId: commandId });
  };
  const state = async () => {
    const loaded = await payments.load(p1);
    if (loaded?.state.status !== 'created') throw new Error('it was created');
    return loaded.state;
  };
  const types = async () => (await payments.history(p1)).events.map(({ type }) => type);
  /** The jobs that the last event asks for. */
  const asked = async () => {
    const last = (await payments.history(p1)).events.at(-1);
    return last ? paymentReaction().toJobs(last) : [];
  };
  const start = async (...commands: PaymentCommand[]) => {
    for (const command of commands) await give(command);
    const [job] = await asked();
    if (!job) throw new Error('no job was asked for');
    return job;
  };
  return { worker, otherWorker, payments, webhooks, personalData, added, errors, give, state, types, asked, start };
};
const run = ({ id, data }: Job, attempt = 1) => ({ id, data, attempt });
const process = x.process(a1);
const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

describe('making what was started', () => {
  it('calls the provider once and records what it says, however often the job comes', async () => {
    const { provider, books } = forgetful();
    const { worker, start, types } = platform(provider);
    const job = await start(x.create, process);
    expect(job).toMatchObject({ queue: 'payment-operations', id: `attempt-${a1}`, data: { paymentId: p1, kind: 'attempt', id: a1 } });
    await worker.operate(run(job));
    await worker.operate(run(job));
    await worker.operate(run(job, 2));
    expect(await types()).toEqual(['PaymentCreated', 'AttemptStarted', 'AttemptCaptured']);
    expect(books.get(a1)).toBe(1);
  });

  it('asks before it sends again what a killed process may have sent', async () => {
    const { provider, books } = forgetful(['crash']);
    const { worker, start, state } = platform(provider);
    const job = await start(x.create, process);
    await expect(worker.operate(run(job))).rejects.toThrow('killed');
    await worker.operate(run(job, 2));
    expect(books.get(a1)).toBe(1);
    expect(amountCaptured(await state())).toBe(10_000);
  });

  it('asks first when the job was lost and comes late as if for the first time', async () => {
    const { provider, books } = forgetful(['crash']);
    const { worker, start } = platform(provider, { at: hours(1) });
    books.set(a1, 1);
    await worker.operate(run(await start(x.create, process)));
    expect(books.get(a1)).toBe(1);
  });

  it('sends again what certainly was not sent, a few times', async () => {
    const { provider, held } = forgetful(['refuse', 'refuse']);
    const { worker, start, types } = platform(provider);
    await worker.operate(run(await start(x.create, process)));
    expect(held.times).toBe(3);
    expect((await types()).at(-1)).toBe('AttemptCaptured');
    const gone = forgetful(['refuse', 'refuse', 'refuse', 'refuse']);
    const other = platform(gone.provider);
    await other.worker.operate(run(await other.start(x.create, process)));
    expect((await other.types()).at(-1)).toBe('AttemptNotSent');
    expect(gone.held.times).toBe(3);
  });

  it('never sends again what it does not know of', async () => {
    const { provider, held } = forgetful(['lose']);
    const { worker, start, types, asked } = platform(provider);
    const job = await start(x.create, process);
    await worker.operate(run(job));
    await worker.operate(run(job, 2));
    expect(held.times).toBe(1);
    expect((await types()).at(-1)).toBe('AttemptUnknown');
    expect(await asked()).toMatchObject([{ queue: reconciliationQueue, delayMs: 5_000, data: { round: '1', kind: 'attempt', id: a1 } }]);
  });

  it('does not know when it asks and nobody answers', async () => {
    const { provider } = forgetful(['crash']);
    const silent: PaymentProvider = { ...provider, retrieveAttempt: async () => ({ status: 'unknown', reason: 'no answer' }) };
    const { worker, start, types } = platform(silent);
    const job = await start(x.create, process);
    await worker.operate(run(job)).catch(() => {});
    await worker.operate(run(job, 2));
    expect((await types()).at(-1)).toBe('AttemptUnknown');
  });

  it('says when it asks whether anything was ever answered', async () => {
    const { provider } = forgetful(['lose']);
    const unanswered: (boolean | undefined)[] = [];
    provider.retrieveAttempt = async (request) => {
      unanswered.push(request.unanswered);
      return { status: 'not_found' };
    };
    const { worker, start, asked } = platform(provider);
    await worker.operate(run(await start(x.create, process), 2));
    const [question] = await asked();
    if (question) await worker.reconcile(run(question));
    expect(unanswered).toEqual([true, false]);
  });

  it('sends nothing where the token was erased', async () => {
    const { provider, held } = forgetful();
    const { otherWorker, start, types, personalData } = platform(provider);
    const job = await start(x.create, process);
    await personalData.erase('customer:c1');
    await otherWorker().operate(run(job));
    expect((await types()).at(-1)).toBe('AttemptNotSent');
    expect(held.times).toBe(0);
  });

  it('sends nothing without a provider', async () => {
    const { provider, held } = forgetful();
    const elsewhere = platform({ ...provider, name: 'other' });
    await elsewhere.worker.operate(run(await elsewhere.start(x.create, process)));
    expect((await elsewhere.types()).at(-1)).toBe('AttemptNotSent');
    expect(held.times).toBe(0);
  });

  it.each([
    ['capture', [x.createManual, process, x.record(a1, x.authorized), x.capture(r1, 4_000)], 'CaptureSucceeded'],
    ['void', [x.createManual, process, x.record(a1, x.authorized), x.cancel(r1)], 'PaymentCanceled'],
    ['refund', [x.create, process, x.record(a1, x.captured), x.refund(r1, 4_000)], 'RefundSucceeded'],
  ] as const)('makes a %s', async (kind, commands, last) => {
    const { provider, books } = forgetful();
    const { worker, start, types } = platform(provider);
    const job = await start(...commands);
    expect(job.id).toBe(`${kind}-${r1}`);
    await worker.operate(run(job));
    await worker.operate(run(job, 2));
    expect((await types()).at(-1)).toBe(last);
    expect(books.get(r1)).toBe(1);
  });

  it('is an error for what is not there', async () => {
    const { provider } = forgetful();
    const { worker, start } = platform(provider);
    const job = await start(x.create, process);
    await expect(worker.operate(run({ ...job, data: { ...job.data, paymentId: randomUUID() } }))).rejects.toThrow("isn't there");
    await worker.operate(run({ ...job, data: { ...job.data, id: randomUUID() } }));
  });
});

describe('going on', () => {
  const waiting = [x.create, process, x.record(a1, x.requiresAction)];
  const resume = { type: 'Resume', resumeId: r1 } as const;

  it('asks the provider once the customer is back, in this process or another', async () => {
    const { provider } = forgetful();
    const resumed: string[] = [];
    provider.resume = async ({ reference, providerReference, token }) => {
      resumed.push(`${reference} ${providerReference} ${token}`);
      return { status: 'captured', providerReference: 'p1', amount: 10_000, currency: 'GBP' };
    };
    const { worker, otherWorker, start, types } = platform(provider);
    const job = await start(...waiting, resume);
    expect(job).toMatchObject({ queue: 'payment-operations', id: `resume-${r1}`, data: { kind: 'attempt', id: a1, resumeId: r1 } });
    await worker.operate(run(job));
    await otherWorker().operate(run(job));
    expect(resumed).toEqual([`${a1} p1 tok_success`]);
    expect((await types()).slice(-2)).toEqual(['AttemptResumed', 'AttemptCaptured']);
  });

  it('asks again what a killed process may have asked: that the customer has to act is no answer', async () => {
    const { provider, books } = forgetful(['crash']);
    const answers: AttemptOutcome[] = [x.requiresAction, x.captured];
    provider.resume = async () => answers.pop() ?? x.unknown;
    provider.retrieveAttempt = async () => x.requiresAction;
    const { worker, start, types } = platform(provider);
    await worker.operate(run(await start(...waiting, resume), 2));
    expect((await types()).at(-1)).toBe('AttemptCaptured');
    expect(books.size).toBe(0);
  });

  it('can be told twice that the customer has to act', async () => {
    const { provider } = forgetful();
    provider.resume = async () => x.requiresAction;
    const { worker, start, types } = platform(provider);
    await worker.operate(run(await start(...waiting, resume)));
    expect((await types()).at(-1)).toBe('AttemptActionRequired');
    await worker.operate(run(await start({ ...resume, resumeId: r2 })));
    expect((await types()).slice(-2)).toEqual(['AttemptResumed', 'AttemptActionRequired']);
  });

  it('finds out of doubt that the customer still has to act, as was said before', async () => {
    const { provider } = forgetful();
    provider.charge = async () => x.requiresAction;
    provider.resume = async () => x.unknown;
    provider.retrieveAttempt = async () => x.requiresAction;
    const { worker, start, types, asked } = platform(provider);
    await worker.operate(run(await start(x.create, process)));
    await worker.operate(run(await start(resume)));
    const [question] = await asked();
    if (!question) throw new Error('nobody asks');
    await worker.reconcile(run(question));
    expect((await types()).slice(-3)).toEqual(['AttemptResumed', 'AttemptUnknown', 'AttemptActionRequired']);
  });
});

describe('failing over', () => {
  const routed = { ...process, route: x.routeTo('away', ['sandbox']) };

  it('asks the next provider with an attempt of its own, under an id that is always the same', async () => {
    const { provider, books } = forgetful();
    const { worker, start, types, asked, state } = platform(provider);
    const job = await start(x.create, routed);
    await worker.operate(run(job));
    expect((await types()).slice(-2)).toEqual(['AttemptNotSent', 'AttemptStarted']);
    const [next] = await asked();
    if (!next) throw new Error('nobody goes on');
    await worker.operate(run(next));
    await worker.operate(run(job, 2));
    expect((await state()).attempts).toMatchObject([
      { provider: 'away', status: 'not_sent' },
      { provider: 'sandbox', status: 'succeeded', after: a1, id: next.data.id },
    ]);
    expect(books.get(next.data.id ?? '')).toBe(1);
  });

  it('does not take a provider that is gone for one that was never asked', async () => {
    const { provider } = forgetful();
    const { worker, start, types } = platform(provider);
    await worker.operate(run(await start(x.create, routed), 2));
    expect((await types()).at(-1)).toBe('AttemptUnknown');
  });
});

describe('the end of an authorization', () => {
  const week = 7 * 86_400_000;
  const authorize = async (clock: { at?: Date }, expiresAt?: string) => {
    const { provider } = forgetful();
    provider.charge = async () => ({ status: 'authorized', providerReference: 'p1', amount: 10_000, currency: 'GBP', ...(expiresAt && { expiresAt }) });
    const setting = platform(provider, clock);
    await setting.worker.operate(run(await setting.start(x.createManual, process)));
    const [job] = await setting.asked();
    if (!job) throw new Error('nobody looks after it');
    return { ...setting, job };
  };
  const isoIn = (ms: number) => new Date(Date.now() + ms).toISOString();

  it('is the one that the provider names, or else that of its authorizations', async () => {
    const at = new Date();
    expect((await authorize({ at })).job.data.expiresAt).toBe(new Date(at.getTime() + week).toISOString());
    expect((await authorize({}, '2030-01-01T00:00:00Z')).job.data.expiresAt).toBe('2030-01-01T00:00:00Z');
  });

  it('is looked at once a week until it is there', async () => {
    const { worker, job, added } = await authorize({}, isoIn(3 * week));
    expect(job).toMatchObject({ queue: 'payment-deadlines', id: `expiry-${a1}-1`, delayMs: week });
    await worker.expire(run(job));
    expect(added).toMatchObject([{ queue: 'payment-deadlines', id: `expiry-${a1}-2`, delayMs: week, data: { round: '2' } }]);
  });

  it('releases what is held, once', async () => {
    const clock: { at?: Date } = {};
    const { worker, job, types, added, asked } = await authorize(clock, isoIn(1_000));
    clock.at = new Date(Date.now() + 1_000);
    await worker.expire(run(job));
    await worker.expire(run(job, 2));
    expect((await types()).slice(-2)).toEqual(['AuthorizationExpired', 'VoidStarted']);
    const [release] = await asked();
    await worker.operate(run(release ?? job));
    expect((await types()).slice(-2)).toEqual(['VoidSucceeded', 'PaymentCanceled']);
    expect(added).toEqual([]);
  });

  it('waits for what is under way', async () => {
    const clock: { at?: Date } = {};
    const { worker, job, give, types, added } = await authorize(clock, isoIn(week));
    await give({ type: 'Capture', captureId: r1, amount: 1, final: false, at: isoIn(0) });
    clock.at = new Date(Date.now() + week);
    await worker.expire(run(job));
    expect((await types()).at(-1)).toBe('CaptureStarted');
    expect(added).toMatchObject([{ id: `expiry-${a1}-2`, delayMs: 5_000 }]);
    await expect(worker.expire(run({ ...job, data: { ...job.data, paymentId: randomUUID() } }))).rejects.toThrow('payment_not_found');
  });

  it('is nobody else’s where the money was surplus', async () => {
    const { provider } = forgetful();
    const { start, asked, give } = platform(provider);
    await start(x.createManual, process);
    await give(x.record(a1, x.declined));
    await give(x.cancel(r1));
    await give(x.record(a1, { ...x.authorized, expiresAt: isoIn(week) }));
    expect((await asked()).map(({ id }) => id)).toEqual([`void-reversal-${a1}`]);
  });
});

it('tells the provider that a capture is the last', async () => {
  const { provider } = forgetful();
  const finals: (boolean | undefined)[] = [];
  provider.capture = async ({ final, amount }) => {
    finals.push(final);
    return x.done(amount);
  };
  const { worker, start } = platform(provider);
  const soon = new Date().toISOString();
  const held = [x.createManual, process, x.record(a1, x.authorized)];
  await worker.operate(run(await start(...held, { type: 'Capture', captureId: r1, amount: 1_000, final: false, at: soon })));
  await worker.operate(run(await start({ type: 'Capture', captureId: r2, amount: 1_000, final: true, at: soon })));
  expect(finals).toEqual([undefined, true]);
});

describe('finding out', () => {
  const undecided = async (change: { at?: Date } = {}) => {
    const fake = forgetful(['lose']);
    const setting = platform(fake.provider, change);
    await setting.worker.operate(run(await setting.start(x.create, process)));
    const [job] = await setting.asked();
    if (!job) throw new Error('nobody asks');
    return { ...fake, ...setting, job };
  };

  it('asks the provider, and records what it knows', async () => {
    const { worker, job, types, added } = await undecided();
    await worker.reconcile(run(job));
    await worker.reconcile(run(job));
    expect((await types()).slice(-2)).toEqual(['AttemptUnknown', 'AttemptCaptured']);
    expect(added).toEqual([]);
  });

  it('waits for what may be on its way, later takes it for never sent', async () => {
    const early = await undecided();
    early.books.clear();
    await early.worker.reconcile(run(early.job));
    expect((await early.types()).at(-1)).toBe('AttemptUnknown');
    expect(early.added).toMatchObject([{ delayMs: 60_000, data: { round: '2' } }]);

    const late = await undecided({ at: hours(1) });
    late.books.clear();
    await late.worker.reconcile(run(late.job));
    expect((await late.types()).at(-1)).toBe('AttemptNotSent');
  });

  it('asks again, less and less often, for ever', async () => {
    const { worker, job, added, provider } = await undecided();
    provider.retrieveAttempt = async () => ({ status: 'unknown', reason: 'no answer' });
    let next: Job = job;
    for (let round = 1; round <= 7; round += 1) {
      await worker.reconcile(run(next));
      next = added.at(-1) ?? job;
    }
    const day = 24 * 60;
    expect(added.map(({ delayMs = 0 }) => delayMs / 60_000)).toEqual([1, 5, 30, 60, day, day, day]);
    expect(new Set(added.map(({ id }) => id)).size).toBe(7);
  });
});

describe('starting', () => {
  it('asks at once about all that is undecided, and goes on when that cannot be told', async () => {
    const { provider } = forgetful(['lose']);
    const { worker, payments, webhooks, start } = platform(provider);
    await worker.operate(run(await start(x.create, process)));
    const added: Job[] = [];
    const queues: string[] = [];
    const errors: object[] = [];
    const jobs = {
      add: async (some: readonly Job[]) => void added.push(...some),
      work: async (queue: string) => {
        queues.push(queue);
        return { stop: async () => void queues.splice(queues.indexOf(queue), 1) };
      },
    };
    const settings = { payments, webhooks, providers: [provider], jobs, log: { error: (about: object) => void errors.push(about), warn: () => {} } };
    async function* undecided() {
      yield p1;
      yield randomUUID();
    }
    const running = await runPaymentWorker({ ...settings, undecided });
    expect(added).toMatchObject([{ queue: reconciliationQueue, data: { paymentId: p1, kind: 'attempt', id: a1, round: '1' } }]);
    expect(added[0]?.delayMs).toBeUndefined();
    expect(queues).toHaveLength(4);
    await running.stop();
    expect(queues).toHaveLength(0);
    async function* broken(): AsyncGenerator<string> {
      yield await Promise.reject(new Error('no read model'));
    }
    await (await runPaymentWorker({ ...settings, undecided: broken })).stop();
    expect(errors).toHaveLength(1);
  });
});

describe('webhooks', () => {
  const dispute = { disputeId: 'd1', attemptId: a1, amount: 10_000, currency: 'GBP', reason: null, evidenceDueBy: null };
  const receive = async ({ webhooks }: ReturnType<typeof platform>, body = '{}') => {
    const id = randomUUID();
    const command = { type: 'Receive' as const, provider: 'sandbox', eventId: 'e', kind: 'k', paymentId: p1, body };
    await webhooks.handle(id, command, { commandId: randomUUID(), actor: 'provider:sandbox', correlationId: id, causationId: id });
    const [job] = paymentReaction().toJobs((await webhooks.history(id)).events[0] as Recorded);
    if (!job) throw new Error('nobody applies it');
    return job;
  };

  it('are applied once, however often they come', async () => {
    const { provider, notices } = forgetful();
    const setting = platform(provider);
    await setting.start(x.create, process);
    notices.push({ about: 'attempt', paymentId: p1, attemptId: a1, outcome: x.captured });
    for (let times = 0; times < 2; times += 1) await setting.worker.applyWebhook(run(await receive(setting)));
    expect(await setting.types()).toEqual(['PaymentCreated', 'AttemptStarted', 'AttemptCaptured']);
  });

  it('about a charge that we have no news of let us ask', async () => {
    const { provider, notices, books } = forgetful();
    const setting = platform(provider);
    await setting.start(x.create, process);
    books.set(a1, 1);
    notices.push({ about: 'dispute', paymentId: p1, notice: { ...dispute, change: 'lost' } });
    await setting.worker.applyWebhook(run(await receive(setting)));
    expect((await setting.types()).slice(2)).toEqual(['AttemptCaptured', 'DisputeOpened', 'DisputeLost']);
  });

  it('are tried again while the charge is not known to anybody', async () => {
    const { provider, notices } = forgetful();
    const setting = platform(provider);
    await setting.start(x.create, process);
    notices.push({ about: 'dispute', paymentId: p1, notice: { ...dispute, change: 'opened' } });
    await expect(setting.worker.applyWebhook(run(await receive(setting)))).rejects.toThrow('tried again later');
  });

  it('that contradict what we know are told to people, and change nothing', async () => {
    const { provider, notices } = forgetful();
    const setting = platform(provider);
    await setting.start(x.create, process);
    notices.push(
      { about: 'refund', paymentId: p1, operationId: r1, outcome: x.done(1) },
      { about: 'attempt', paymentId: randomUUID(), attemptId: a1, outcome: x.captured },
    );
    await setting.worker.applyWebhook(run(await receive(setting)));
    expect(setting.errors).toMatchObject([{ code: 'refund_not_found' }, { code: 'payment_not_found' }]);
    expect(await setting.types()).toHaveLength(2);
  });
});

const fate = fc.constantFrom('answer' as const, 'lose' as const, 'refuse' as const, 'crash' as const);

it('charges and refunds once and records it, whatever breaks, where the provider itself guards against nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 6 }), fc.array(fc.boolean(), { maxLength: 12 }), async (script, cuts) => {
      const { provider, books } = forgetful([...script]);
      const clock = { at: new Date() };
      const { worker, payments, give, state } = platform(provider, clock);
      const seen = { events: 0 };
      const queue: { job: Job; attempt: number }[] = [];
      const react = async () => {
        const { events } = await payments.history(p1);
        for (const event of events.slice(seen.events) as Recorded<PaymentEvent>[])
          queue.push(
            ...paymentReaction()
              .toJobs(event)
              .map((job) => ({ job, attempt: 1 })),
          );
        seen.events = events.length;
      };
      const workOff = async () => {
        await react();
        for (let next = queue.shift(); next; next = queue.shift()) {
          const { job, attempt } = next;
          clock.at = new Date(clock.at.getTime() + (job.delayMs ?? 0));
          const handler = job.queue === reconciliationQueue ? worker.reconcile : worker.operate;
          // Cut off after its work was done, a job comes again as if it hadn't been.
          const failed = await handler(run(job, attempt)).then(
            () => cuts.shift() ?? false,
            () => true,
          );
          if (failed) queue.push({ job, attempt: attempt + 1 });
          await react();
        }
      };
      await give(x.create);
      await give(process);
      await workOff();
      const paid = await state();
      expect(books.get(a1) ?? 0).toBe(amountCaptured(paid) === 0 ? 0 : 1);
      if (amountCaptured(paid) === 0) return;
      await give(x.refund(r1, 4_000));
      await workOff();
      expect(books.get(a1)).toBe(1);
      expect((books.get(r1) ?? 0) * 4_000).toBe(amountRefunded(await state()));
    }),
    { numRuns: 300 },
  );
});
