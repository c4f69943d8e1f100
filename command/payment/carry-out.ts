import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PaymentCommand, PaymentRejection } from '../../domain/payment/commands.ts';
import type { AttemptContext, PaymentEvent } from '../../domain/payment/events.ts';
import type { PaymentMethodType } from '../../domain/payment/outcome.ts';
import { type PaymentIntent, paymentIntent } from '../../domain/payment/payment-intent.ts';
import type { RiskAssessment } from '../../domain/payment/risk.ts';
import type { RouteDecision } from '../../domain/payment/routing.ts';
import type { CreatedPayment, Payment } from '../../domain/payment/state.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { withPosition } from '../../platform/http/position.ts';
import { type WaitLimits, waitPreferred } from '../../platform/http/preference.ts';
import { refusal } from './rejections.ts';

export type PaymentHandler = Handler<Payment, PaymentCommand, PaymentEvent, PaymentRejection>;

/** What is about to be attempted. `provider`: who was asked for. */
export type AboutAttempt = {
  paymentId: string;
  payment: CreatedPayment;
  attemptId: string;
  method: PaymentMethodType;
  token: string;
  context: AttemptContext;
  provider: string | null;
};

export type PaymentRoutes = {
  payments: Pick<PaymentHandler, 'handle' | 'load' | 'waitUntil'>;
  /** Names of the providers that are set up; the first is asked where nothing else is said. */
  providers: readonly [string, ...string[]];
  /** Those of them that take one capture of an authorization only, and release the rest with it. */
  captureOnce: readonly string[];
  /** What the rules of risk say of it; without, everything is allowed. */
  assess?: (about: AboutAttempt) => Promise<RiskAssessment>;
  /** Who is asked, and who next; without, who was asked for. */
  route?: (about: AboutAttempt) => Promise<RouteDecision>;
  wait?: WaitLimits;
};

export const config = { permission: 'payments:write' } as const;
export const tags = ['Payments'];
const usualWait: WaitLimits = { defaultMs: 10_000, maxMs: 30_000 };

/** What is to be done, and when it has come to an end; the id of the command is that of the thing it starts. */
type Step = (commandId: string) => Planned | Promise<Planned>;
type Planned = { command: PaymentCommand; settled: (payment: CreatedPayment) => boolean };
export type Outcome = { commandId: string; payment: CreatedPayment; intent: PaymentIntent };

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
  const timeoutMs = waitPreferred(request, reply, wait);
  const { command, settled } = await step(commandId);
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

type Standing = { status: string };

/** Whether there is something to tell. What is unknown isn't known within seconds, so the caller is told that at once. */
export const isOver = (thing: Standing | undefined): boolean => thing !== undefined && thing.status !== 'started' && thing.status !== 'pending';

/** 202 while it is undecided. */
export const statusFor = (thing: Standing | undefined): 200 | 202 => (thing && isOver(thing) && thing.status !== 'unknown' ? 200 : 202);
