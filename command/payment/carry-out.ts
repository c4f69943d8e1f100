import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PaymentCommand, PaymentRejection } from '../../domain/payment/commands.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import { type PaymentIntent, paymentIntent } from '../../domain/payment/payment-intent.ts';
import type { CreatedPayment, Payment } from '../../domain/payment/state.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { withPosition } from '../../platform/http/position.ts';
import { type WaitLimits, waitPreferred } from '../../platform/http/preference.ts';
import { refusal } from './rejections.ts';

export type PaymentHandler = Handler<Payment, PaymentCommand, PaymentEvent, PaymentRejection>;

export type PaymentRoutes = {
  payments: Pick<PaymentHandler, 'handle' | 'load' | 'waitUntil'>;
  /** Names of the providers that are set up; the first is asked where nothing else is said. */
  providers: readonly [string, ...string[]];
  wait?: WaitLimits;
};

export const config = { permission: 'payments:write' } as const;
export const tags = ['Payments'];
const usualWait: WaitLimits = { defaultMs: 10_000, maxMs: 30_000 };

/** What is to be done, and when it has come to an end; the id of the command is that of the thing it starts. */
type Step = (commandId: string) => { command: PaymentCommand; settled: (payment: CreatedPayment) => boolean };
type Outcome = { commandId: string; payment: CreatedPayment; intent: PaymentIntent };

/**
 * Carries out one step of a payment and waits until it has come to an end, as long as the caller likes. The same key again: the answer
 * of the first time. Throws the problem where the rules refuse it.
 */
export const carryOut = async (
  { payments, wait = usualWait }: PaymentRoutes,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
  step: Step,
): Promise<Outcome> => {
  const { id } = request.params;
  const context = request.commandContext();
  const { commandId } = context;
  const { command, settled } = step(commandId);
  const timeoutMs = waitPreferred(request, reply, wait);
  const handled = await payments.handle(id, command, context);
  if ('rejected' in handled) throw refusal(handled.rejected);
  if (handled.replayed) replayed(reply);
  const outcome = await payments.waitUntil(id, (state) => state.status === 'created' && settled(state), {
    timeoutMs,
    ...(handled.replayed && { replayOf: commandId }),
  });
  const loaded = outcome ?? (timeoutMs > 0 ? await payments.load(id) : undefined) ?? handled;
  if (loaded.state.status === 'absent') throw new Error(`a command was accepted on payment ${id}, which isn't there`);
  withPosition(reply, loaded.position);
  return { commandId, payment: loaded.state, intent: paymentIntent(id, loaded) };
};

type Standing = { id: string; status: string };

/** Whether there is something to tell. What is unknown isn't known within seconds, so the caller is told that at once. */
export const isSettled = (things: readonly Standing[], id: string): boolean => {
  const status = things.find((thing) => thing.id === id)?.status;
  return status !== undefined && status !== 'started' && status !== 'pending';
};

/** 202 while it is undecided. */
export const statusFor = (thing: { status: string } | undefined): 200 | 202 => (thing && !['started', 'pending', 'unknown'].includes(thing.status) ? 200 : 202);
