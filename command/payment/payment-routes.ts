import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { PaymentCommand, PaymentRejection } from '../../domain/payment/commands.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import { paymentIntent, refundView } from '../../domain/payment/payment-intent.ts';
import type { CreatedPayment, Payment } from '../../domain/payment/state.ts';
import type { Handler, Loaded } from '../../platform/event-store/aggregate.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { NotPaid, PaymentBody, RefundBody } from '../../platform/http/payment/schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { type WaitLimits, waitPreferred } from '../../platform/http/preference.ts';
import { problem } from '../../platform/http/problem.ts';
import { Id } from '../../platform/http/schemas.ts';
import { refusal } from './rejections.ts';
import { Cancel, Capture, NewPayment, Process, Refund } from './requests.ts';

export type PaymentHandler = Handler<Payment, PaymentCommand, PaymentEvent, PaymentRejection>;

export type PaymentRoutes = {
  payments: Pick<PaymentHandler, 'handle' | 'load' | 'waitUntil'>;
  /** Names of the providers that are set up; the first is asked where nothing else is said. */
  providers: readonly [string, ...string[]];
  wait?: WaitLimits;
};

const config = { permission: 'payments:write' } as const;
const tags = ['Payments'];

/** Creating payments, and each step of one. A step is started at once, and answered when its outcome is there. */
export const paymentRoutes =
  ({ payments, providers, wait = { defaultMs: 10_000, maxMs: 30_000 } }: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    const Provider = Type.Enum([...providers]);

    /** Carries out the command and waits until it has come to an end. The same key again: the answer of the first time. */
    const carryOut = async (
      request: FastifyRequest<{ Params: { id: string } }>,
      reply: FastifyReply,
      commandOf: (commandId: string) => { command: PaymentCommand; settled: (payment: CreatedPayment) => boolean },
    ): Promise<{ payment: CreatedPayment; loaded: Loaded<Payment>; commandId: string }> => {
      const { id } = request.params;
      const context = request.commandContext();
      const { command, settled } = commandOf(context.commandId);
      const timeoutMs = waitPreferred(request, reply, wait);
      const handled = await payments.handle(id, command, context);
      if ('rejected' in handled) throw refusal(handled.rejected);
      if (handled.replayed) replayed(reply);
      const outcome = await payments.waitUntil(id, (state) => state.status === 'created' && settled(state), {
        timeoutMs,
        ...(handled.replayed && { replayOf: context.commandId }),
      });
      const loaded = outcome ?? (timeoutMs > 0 ? await payments.load(id) : undefined) ?? handled;
      withPosition(reply, loaded.position);
      return { payment: existing(id, loaded), loaded, commandId: context.commandId };
    };

    app.route({
      method: 'POST',
      url: '/api/v1/payments',
      config,
      schema: { tags, summary: 'Create a payment', body: NewPayment(Provider), response: { 201: PaymentBody } },
      handler: async (request, reply) => {
        const {
          amount,
          currency,
          captureMethod = 'automatic',
          customer,
          reference = null,
          description = null,
          provider,
          returnUrl = null,
          metadata = {},
        } = request.body;
        const context = request.commandContext();
        // The same command makes the same payment: it can't be made twice.
        const id = context.commandId;
        const command: PaymentCommand = {
          type: 'Create',
          amount,
          currency,
          captureMethod,
          customer: customer ? { ...customer, country: customer.country ?? null } : null,
          reference,
          description,
          provider: providers.find((name) => name === provider) ?? null,
          returnUrl,
          metadata,
        };
        const handled = await payments.handle(id, command, context);
        if ('rejected' in handled) throw refusal(handled.rejected);
        if (handled.replayed) replayed(reply);
        const first = handled.replayed ? await payments.waitUntil(id, () => true, { timeoutMs: 0, replayOf: id }) : undefined;
        const shown = first ?? handled;
        withPosition(reply, shown.position).header('location', `/api/v1/payments/${id}`);
        return reply.status(201).send(paymentIntent(id, shown));
      },
    });

    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/process',
      config,
      schema: {
        tags,
        summary: 'Charge a payment method',
        description: '200: charged, authorized, or the customer has to act. 202: not decided yet. 402: not paid.',
        params: Id,
        body: Process(Provider),
        response: { 200: PaymentBody, 202: PaymentBody, 402: NotPaid },
      },
      handler: async (request, reply) => {
        const { paymentMethod, provider, context = {} } = request.body;
        const { payment, loaded, commandId } = await carryOut(request, reply, (attemptId) => ({
          command: {
            type: 'Process',
            attemptId,
            provider: providers.find((name) => name === provider) ?? null,
            defaultProvider: providers[0],
            method: paymentMethod.type,
            token: paymentMethod.token,
            context,
          },
          // What is unknown isn't known within seconds: the caller is told so at once.
          settled: ({ attempts }) => !['started', 'pending'].includes(attempts.find(({ id }) => id === attemptId)?.status ?? 'started'),
        }));
        const intent = paymentIntent(request.params.id, loaded);
        const attempt = payment.attempts.find(({ id }) => id === commandId);
        if (attempt?.error) {
          const { code, declineCode, message: detail } = attempt.error;
          throw problem(402, code, { detail, members: { declineCode, payment: intent } });
        }
        return reply.status(decided(attempt?.status) ? 200 : 202).send(intent);
      },
    });

    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/capture',
      config,
      schema: {
        tags,
        summary: 'Take what is authorized, all of it or a part',
        params: Id,
        body: Capture,
        response: { 200: PaymentBody, 202: PaymentBody, 402: NotPaid },
      },
      handler: async (request, reply) => {
        const { amount = null } = request.body;
        const { payment, loaded, commandId } = await carryOut(request, reply, (captureId) => ({
          command: { type: 'Capture', captureId, amount },
          settled: ({ captures }) => isSettled(captures, captureId),
        }));
        const intent = paymentIntent(request.params.id, loaded);
        const capture = payment.captures.find(({ id }) => id === commandId);
        if (capture?.error) throw problem(402, 'capture_failed', { detail: capture.error.message, members: { declineCode: null, payment: intent } });
        return reply.status(decided(capture?.status) ? 200 : 202).send(intent);
      },
    });

    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/cancel',
      config,
      schema: { tags, summary: 'Cancel a payment, and release what is authorized', params: Id, body: Cancel, response: { 200: PaymentBody, 202: PaymentBody } },
      handler: async (request, reply) => {
        const { payment, loaded, commandId } = await carryOut(request, reply, (voidId) => ({
          command: { type: 'Cancel', voidId },
          settled: ({ canceledBy, voids }) => canceledBy === voidId || isSettled(voids, voidId),
        }));
        const intent = paymentIntent(request.params.id, loaded);
        const release = payment.voids.find(({ id }) => id === commandId);
        if (release?.error) throw problem(409, 'cancel_failed', { detail: release.error.message, members: { payment: intent } });
        return reply.status(payment.canceledBy === commandId || decided(release?.status) ? 200 : 202).send(intent);
      },
    });

    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/refund',
      config,
      schema: {
        tags,
        summary: 'Give money back, all of it or a part',
        description: '200: refunded, or the refund failed (see its status). 202: not decided yet.',
        params: Id,
        body: Refund,
        response: { 200: RefundBody, 202: RefundBody },
      },
      handler: async (request, reply) => {
        const { amount = null, reason = null } = request.body;
        const { payment, commandId } = await carryOut(request, reply, (refundId) => ({
          command: { type: 'Refund', refundId, amount, reason },
          settled: ({ refunds }) => isSettled(refunds, refundId),
        }));
        const refund = payment.refunds.find(({ id }) => id === commandId);
        if (!refund) throw new Error(`refund ${commandId} of payment ${request.params.id} was started and isn't there`);
        return reply.status(decided(refund.status) ? 200 : 202).send(refundView(refund, payment.currency));
      },
    });
  };

const isSettled = (operations: readonly { id: string; status: string }[], id: string): boolean =>
  !['started', 'pending'].includes(operations.find((operation) => operation.id === id)?.status ?? 'started');

const decided = (status = 'started'): boolean => !['started', 'pending', 'unknown'].includes(status);

const existing = (id: string, { state }: Loaded<Payment>): CreatedPayment => {
  if (state.status === 'absent') throw new Error(`a command was accepted on payment ${id}, which isn't there`);
  return state;
};
