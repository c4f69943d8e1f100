import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { paymentCommandRoutes } from '../../command/payment/routes.ts';
import { attentionAggregate } from '../../domain/payment/attention.ts';
import { paymentAggregate } from '../../domain/payment/payment.ts';
import { reconciliationAggregate } from '../../domain/payment/reconciliation.ts';
import { riskRulesAggregate } from '../../domain/payment/risk/risk-rules.ts';
import { routingRulesAggregate } from '../../domain/payment/routing/rules.ts';
import { webhookAggregate } from '../../domain/payment/webhook.ts';
import { startEventStoreNode } from '../../embedded/event-store/node.ts';
import { openPostgresDocuments } from '../../platform/documents/postgres.ts';
import { openEventStore } from '../../platform/event-store/client.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { openTail } from '../../platform/event-store/open-tail.ts';
import { apiKey, apiKeys } from '../../platform/http/api-keys.ts';
import { buildApp } from '../../platform/http/app.ts';
import { openJobs } from '../../platform/jobs/bullmq.ts';
import { openPersonalData } from '../../platform/personal-data/open-personal-data.ts';
import { checkpoints } from '../../platform/postgres/checkpoints.ts';
import { openPostgres } from '../../platform/postgres/postgres.ts';
import { createLog } from '../../platform/telemetry/log.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { runProjections } from '../../projections/engine.ts';
import { openReadModel } from '../../projections/open-read-model.ts';
import { paymentAnalytics } from '../../projections/payment/payment-analytics.ts';
import { paymentDocuments } from '../../projections/payment/payments.ts';
import { openSandbox } from '../../providers/payment/sandbox/sandbox.ts';
import { setUp } from '../../providers/payment/set-up.ts';
import { paymentQueryRoutes } from '../../query/payment/routes.ts';
import { undecidedPayments } from '../../query/payment/undecided.ts';
import { oversightRoutes, runOversight } from '../../roles/payment-oversight.ts';
import { openRisk, openRiskCounters } from '../../roles/payment-risk.ts';
import { openRouting } from '../../roles/payment-routing.ts';
import { projections } from '../../roles/projector.ts';
import { contradictions } from '../../workers/payment/contradictions.ts';
import { paymentReaction } from '../../workers/payment/payment-jobs.ts';
import { reconciliationReaction } from '../../workers/payment/reconciliation.ts';
import { runRiskOutcomes } from '../../workers/payment/risk-outcomes.ts';
import { runPaymentWorker } from '../../workers/payment/worker.ts';
import { runReaction } from '../../workers/run-reaction.ts';
import { freshDatabase } from './postgres.ts';

export const webhookSecret = 'secret-of-the-payment-house';
const key = 'key-of-the-payment-house';
const readKey = 'key-that-only-reads';

/** The payment service with all its parts in one process: the real node, PostgreSQL, jobs, projections, worker, sandbox and HTTP. `risk`: attempts are judged. */
export const paymentHouse = async ({ sandboxes = ['sandbox'] as [string, ...string[]], guarded = false, risk: judging = false } = {}) => {
  let logText = '';
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      logText += chunk;
      done();
    },
  });
  const log = createLog({ level: 'warn', name: 'payment-house', destination });
  const database = await freshDatabase();
  const node = await startEventStoreNode({ postgresUrl: database.url, host: '127.0.0.1', port: 0, whenLocked: 'refuse' });
  const pool = openPostgres(database.url, { max: 10 });
  const store = openEventStore({ connectionString: node.connectionString });
  const personalData = await openPersonalData(pool, { masterKey: randomBytes(32) });
  const events = codec({
    catalogues: [paymentAggregate, webhookAggregate, attentionAggregate, reconciliationAggregate, routingRulesAggregate, riskRulesAggregate].map(
      ({ catalogue }) => catalogue,
    ),
    personalData,
  });
  const tail = openTail({ store, codec: events });
  const payments = openHandler(paymentAggregate, { store, codec: events, tail });
  const webhooks = openHandler(webhookAggregate, { store, codec: events, tail });
  const attention = openHandler(attentionAggregate, { store, codec: events, tail });
  const reconciliations = openHandler(reconciliationAggregate, { store, codec: events, tail });
  const routingRules = openHandler(routingRulesAggregate, { store, codec: events, tail });
  const documents = openPostgresDocuments({ pool });
  const stores = { documents, postgres: documents };
  const engine = await runProjections({ tail, stores, log, projections });
  const paymentsRead = await openReadModel(paymentDocuments, stores, engine);
  const analytics = await openReadModel(paymentAnalytics, stores, engine);
  const jobs = await openJobs({ backend: { postgres: database.url }, log });
  let baseUrl = '';
  const sandbox = await openSandbox({
    pool,
    names: sandboxes,
    baseUrl: () => baseUrl,
    webhookSecret,
    lateMs: 150,
    timeoutMs: 5_000,
    onFailure: (err) => log.warn({ err }, 'sandbox'),
  });
  const [firstSetUp, ...otherSetUps] = sandbox.providers.map((provider) => setUp(provider, { guarded }));
  if (!firstSetUp) throw new Error('there is always a sandbox');
  const setUps = [firstSetUp, ...otherSetUps];
  const providers = [firstSetUp.provider, ...otherSetUps.map(({ provider }) => provider)] as const;
  const routing = await openRouting({ stores, tail, log, routingRules }, engine, setUps);
  const riskRules = openHandler(riskRulesAggregate, { store, codec: events, tail });
  const riskCounters = await openRiskCounters(pool, undefined, 'secret of the counters', log);
  const risk = await openRisk({ stores, tail, log, payments, riskRules, riskCounters, config: {} }, engine, providers);
  const outcomes = await runRiskOutcomes({ ...riskCounters, tail, checkpoints: checkpoints(pool), log });
  const schedule = [150, 300] as const;
  const startWorker = () =>
    runPaymentWorker({
      payments,
      webhooks,
      providers,
      jobs,
      log,
      schedule,
      contradicted: contradictions({ attention, payments }),
      onItsWayMs: 100,
      freshMs: 100,
      retries: { times: 2, pauseMs: 5 },
      undecided: () => undecidedPayments(paymentsRead),
    });
  const worker = await startWorker();
  const reaction = await runReaction(paymentReaction(schedule), { tail, jobs, checkpoints: checkpoints(pool), log });
  const reconciling = await runReaction(reconciliationReaction, { tail, jobs, checkpoints: checkpoints(pool), log });
  const metrics = createMetrics();
  const overseen = {
    stores,
    metrics,
    jobs,
    payments,
    attention,
    reconciliations,
    config: { COMMAND_WAIT_MS: 8_000, COMMAND_MAX_WAIT_MS: 8_000, RECONCILE_AT: '03:00' },
  };
  const oversight = await runOversight(overseen, engine, providers);
  const app = await buildApp({
    service: 'payment',
    title: 'Payments',
    description: 'For a test',
    version: '0.0.0',
    roles: ['payment'],
    authenticate: apiKeys([apiKey('admin', key, ['*:*']), apiKey('reader', readKey, ['payments:read'])]),
    checks: () => ({}),
    ready: () => true,
    log,
    metrics,
    checkAnswers: true,
    routes: [
      ...paymentCommandRoutes({
        payments,
        webhooks,
        providers,
        sandbox,
        ...(judging && { assess: risk.assess }),
        route: routing.route,
        wait: { defaultMs: 8_000, maxMs: 8_000 },
      }),
      ...paymentQueryRoutes({ documents: paymentsRead, analytics, payments }),
      ...(await oversightRoutes(overseen, engine, providers)),
      ...routing.routes,
      ...risk.routes,
    ],
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const deliveries = sandbox.deliver();
  const call = caller(() => baseUrl);

  return {
    ...callers(call),
    call,
    pool,
    store,
    payments,
    jobs,
    personalData,
    riskCounters,
    startWorker,
    log: () => logText,
    count: async () => Number((await store.head()) ?? 0),
    close: async () => {
      await app.close();
      await deliveries.stop();
      await reaction.stop();
      await reconciling.stop();
      await oversight.stop();
      await worker.stop();
      await routing.stop();
      await risk.stop();
      await outcomes.stop();
      await riskCounters.velocity.close();
      await engine.stop();
      await jobs.close();
      await tail.close();
      await store.close();
      await node.stop();
      await pool.end();
      await database.drop();
    },
  };
};

export type Answer = { status: number; headers: Headers; body: ReturnType<typeof JSON.parse> };
type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

const caller =
  (baseUrl: () => string): Call =>
  async (method, path, body, headers = {}) => {
    const raw = typeof body === 'string';
    const answer = await fetch(new URL(path, baseUrl()), {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text };
  };

/** What callers of the API do. */
const callers = (send: Call) => {
  let written = '';
  const call: Call = async (...request) => {
    const answer = await send(...request);
    written = answer.headers.get('x-position') ?? written;
    return answer;
  };
  const get = (path: string, headers: Record<string, string> = {}) => call('GET', path, undefined, headers);
  const create = async (change: object = {}): Promise<string> => {
    const { status, body } = await call('POST', '/api/v1/payments', {
      amount: 10_000,
      currency: 'GBP',
      customer: { id: 'c1', email: 'ada@example.com', country: 'GB' },
      ...change,
    });
    if (status !== 201) throw new Error(`create: ${status} ${JSON.stringify(body)}`);
    return body.id;
  };
  const step = (id: string, name: string, body: object = {}, headers: Record<string, string> = {}) =>
    call('POST', `/api/v1/payments/${id}/${name}`, body, headers);
  const process = (id: string, token = 'tok_success', headers: Record<string, string> = {}) =>
    step(id, 'process', { paymentMethod: { type: 'card', token } }, headers);
  return {
    get,
    create,
    step,
    process,
    /** Created and processed. */
    paid: async (token = 'tok_success', change: object = {}) => {
      const id = await create(change);
      await process(id, token);
      return id;
    },
    /** As it is after what was written here last. */
    payment: async (id: string) => (await get(`/api/v1/payments/${id}`, written ? { 'x-after-position': written } : {})).body,
    history: async (id: string) => (await get(`/api/v1/payments/${id}/events`)).body,
    ledgerOf: async (reference: string) =>
      (await get(`/api/v1/sandbox/ledger?reference=${reference}`)).body.data as { kind: string; amount: number; reference: string }[],
    withKey: (name: string = randomUUID()) => ({ 'idempotency-key': name }),
    asReader: { authorization: `Bearer ${readKey}` },
  };
};
