import type { CommandOf } from '../../domain/payment/commands.ts';
import { payment as decider } from '../../domain/payment/payment.ts';
import { whyNotNow } from '../../domain/payment/process.ts';
import type { RouteDecision } from '../../domain/payment/routing.ts';
import { attemptOf, type CreatedPayment, screeningOf } from '../../domain/payment/state.ts';
import type { AboutAttempt, PaymentRoutes } from './carry-out.ts';
import { refusal } from './rejections.ts';

type Asked = Omit<AboutAttempt, 'payment'>;

/**
 * The command that makes an attempt, with what the rules of risk say of it and who is to be asked. What was asked for before is not
 * assessed again: the command changes nothing, and would count twice. Nor is what the payment forbids, which throws its refusal.
 */
export const planAttempt = async ({ payments, providers, assess, route }: PaymentRoutes, asked: Asked): Promise<CommandOf<'Process'>> => {
  const { paymentId, attemptId, method, token, context } = asked;
  const command = { type: 'Process' as const, attemptId, method, token, context };
  const created = ({ status }: { status: string }): boolean => status === 'created';
  const remembered = ((await payments.waitUntil(paymentId, created, { timeoutMs: 0 })) ?? (await payments.load(paymentId)))?.state;
  // What is remembered may be old: a refusal is only believed once it has been read.
  const mayRefuse = remembered?.status === 'created' && whyNotNow(remembered) !== undefined;
  const payment = mayRefuse ? (await payments.load(paymentId))?.state : remembered;
  const usual = (known?: CreatedPayment) => onlyTo(asked.provider ?? known?.provider ?? providers[0], asked, known);
  if (payment?.status !== 'created') return { ...command, assessment: null, route: usual() };
  if (isKnown(payment, attemptId)) return { ...command, assessment: null, route: usual(payment) };
  const refused = whyNotNow(payment);
  if (refused) throw refusal(refused);
  const about = { ...asked, payment };
  // That no provider can be asked matters only where one would be: what the payment itself forbids is said first.
  const instead = (problem: unknown) => forbidden(payments, paymentId, { ...command, assessment: null, route: usual(payment) }, problem);
  const [assessment, decided] = await Promise.all([assess?.(about) ?? null, route?.(about).catch(instead) ?? usual(payment)]);
  return { ...command, assessment, route: decided };
};

/** Whether something was asked for under this id before, be it something else: then the command itself finds out. */
const isKnown = (payment: CreatedPayment, id: string): boolean =>
  attemptOf(payment, id) !== undefined || screeningOf(payment, id) !== undefined || payment.attempts.some(({ resumes }) => resumes.includes(id));

/** Throws the payment's own refusal of the command, if it has one now; else what was to be thrown. */
const forbidden = async (payments: PaymentRoutes['payments'], id: string, command: CommandOf<'Process'>, otherwise: unknown): Promise<never> => {
  const now = await payments.load(id);
  const decision = now && decider.decide(command, now.state);
  throw decision && 'rejected' in decision ? refusal(decision.rejected) : otherwise;
};

/** Where nobody chooses. */
const onlyTo = (provider: string, { method, provider: requested }: Asked, payment?: CreatedPayment): RouteDecision => ({
  providers: [provider],
  rule: null,
  ruleSetVersion: 0,
  failoverOn: [],
  inputs: {
    amount: payment?.amount ?? 0,
    currency: payment?.currency ?? '',
    method,
    country: payment?.customer?.country ?? null,
    requested,
    draw: 0,
    standings: [],
  },
});
