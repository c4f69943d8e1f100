import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import * as x from '../../domain/payment/examples.ts';
import type { DisputeNotice, OperationOutcome } from '../../domain/payment/outcome.ts';
import { paymentAggregate } from '../../domain/payment/payment.ts';
import { webhookAggregate } from '../../domain/payment/webhook.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { memoryStore } from '../../platform/event-store/memory-store.ts';
import { inMemoryPersonalData } from '../../platform/personal-data/in-memory.ts';
import type { Notice, PaymentProvider } from '../../providers/payment/provider.ts';
import { webhookWorker } from './apply-webhook.ts';

const p1 = '00000000-0000-4000-8000-000000000001';
const a1 = '00000000-0000-4000-8000-0000000000a1';
const [r1, r2] = ['00000000-0000-4000-8000-0000000000b1', '00000000-0000-4000-8000-0000000000b2'];

/** Knows nothing when it is asked: webhooks are all there is. Their bodies are the notices themselves. */
const silent: PaymentProvider = {
  name: 'sandbox',
  abilities: { methods: ['card'], captures: 'many', authorizationMs: 1 },
  refuses: () => undefined,
  charge: async () => x.unknown,
  resume: async () => x.unknown,
  capture: async () => x.unknown,
  void: async () => x.unknown,
  refund: async () => x.unknown,
  retrieveAttempt: async () => ({ status: 'not_found' }),
  retrieveOperation: async () => ({ status: 'not_found' }),
  transactions: async function* () {},
  check: async () => ({ status: 'ok' }),
  webhooks: { verify: async () => ({ invalid: 'no' }), read: async (body): Promise<readonly Notice[]> => JSON.parse(body) },
};

const about = (outcome: Extract<Notice, { about: 'attempt' }>['outcome']): Notice => ({ about: 'attempt', paymentId: p1, attemptId: a1, outcome });
const refund = (operationId: string, outcome: OperationOutcome): Notice => ({ about: 'refund', paymentId: p1, operationId, outcome });
const dispute = (disputeId: string, change: DisputeNotice['change'], amount: number): Notice => ({
  about: 'dispute',
  paymentId: p1,
  notice: { disputeId, attemptId: a1, change, amount, currency: 'GBP', reason: 'fraudulent', evidenceDueBy: null },
});

type Story = { done: readonly PaymentCommand[]; news: readonly Notice[]; end: object };

/** What was done, and everything that a provider may report of it: stories that hold together. */
const stories: Record<string, Story> = {
  'a charge that was only started, and is disputed': {
    done: [x.create, x.process(a1)],
    news: [about(x.requiresAction), about(x.pending), about(x.captured), dispute('d1', 'opened', 3_000), dispute('d1', 'lost', 3_000)],
    end: { attempts: [{ status: 'succeeded' }], captures: [{ status: 'succeeded' }], disputes: [{ status: 'lost' }] },
  },
  'a charge that was called declined': {
    done: [x.create, x.process(a1)],
    news: [about(x.pending), about(x.declined), about(x.captured)],
    end: { attempts: [{ status: 'succeeded', surplus: false }] },
  },
  'refunds and disputes of one charge': {
    done: [x.create, x.process(a1), x.record(a1, x.captured), x.refund(r1, 1_000), x.refund(r2, 2_000)],
    news: [
      about(x.pending),
      refund(r1, x.pending),
      refund(r1, x.done(1_000)),
      refund(r2, x.failed),
      refund(r2, x.done(2_000)),
      dispute('d1', 'opened', 3_000),
      dispute('d1', 'lost', 3_000),
      dispute('d2', 'opened', 500),
      dispute('d2', 'won', 500),
    ],
    end: { refunds: [{ status: 'succeeded' }, { status: 'succeeded' }], disputes: [{ status: 'lost' }, { status: 'won' }] },
  },
};

/** The payment after these webhooks, each applied as its job comes: what fails comes again after the rest. */
const after = async ({ done }: Story, arrivals: readonly Notice[]) => {
  const settings = {
    store: memoryStore(),
    codec: codec({ catalogues: [paymentAggregate.catalogue, webhookAggregate.catalogue], personalData: inMemoryPersonalData() }),
  };
  const payments = openHandler(paymentAggregate, settings);
  const webhooks = openHandler(webhookAggregate, settings);
  const contradictions: object[] = [];
  const apply = webhookWorker({
    payments,
    webhooks,
    providers: new Map([['sandbox', silent]]),
    log: { error: (about: object) => void contradictions.push(about) },
  });
  const context = () => ({ commandId: randomUUID(), actor: 'test', correlationId: 'c', causationId: 'c' });
  const give = (command: PaymentCommand) => payments.handle(p1, command, context());
  for (const command of done) await give(command);
  const waiting: string[] = [];
  for (const notice of arrivals) {
    const id = randomUUID();
    await webhooks.handle(id, { type: 'Receive', provider: 'sandbox', eventId: id, kind: 'k', paymentId: p1, body: JSON.stringify([notice]) }, context());
    waiting.push(id);
  }
  for (let id = waiting.shift(), tries = 0; id !== undefined && tries < 500; id = waiting.shift(), tries += 1) {
    const webhookId = id;
    await apply({ id: webhookId, data: { webhookId }, attempt: 1 }).catch(() => void waiting.push(webhookId));
  }
  const state = (await payments.load(p1))?.state;
  if (state?.status !== 'created') throw new Error('it was created');
  const byId = <T extends { id: string }>(things: readonly T[]) => things.toSorted((a, b) => a.id.localeCompare(b.id));
  return { state: { ...state, refunds: byId(state.refunds), disputes: byId(state.disputes) }, contradictions };
};

it.each(Object.entries(stories))('%s ends in one state, whatever the order in which webhooks come, and however often each', async (_, story) => {
  const { news, end } = story;
  const inOrder = await after(story, news);
  expect(inOrder).toMatchObject({ contradictions: [], state: end });
  const arrivals = fc
    .tuple(
      fc.shuffledSubarray([...news], { minLength: news.length }),
      fc.array(fc.record({ notice: fc.constantFrom(...news), at: fc.nat(30) }), { maxLength: 15 }),
    )
    .map(([all, again]) => again.reduce<Notice[]>((list, { notice, at }) => list.toSpliced(at, 0, notice), all));
  await fc.assert(
    fc.asyncProperty(arrivals, async (notices) => {
      expect(await after(story, notices)).toEqual(inOrder);
    }),
    { numRuns: 100 },
  );
});
