import type { Logger } from 'pino';
import type { AttemptContext } from '../../../domain/payment/events.ts';
import type { PaymentMethodType } from '../../../domain/payment/outcome.ts';
import { countedAddress } from '../../../domain/payment/risk/address.ts';
import { type RiskInputs, type RiskSource, type RiskSubject, riskSubjects, riskWindows } from '../../../domain/payment/risk.ts';
import type { CreatedPayment } from '../../../domain/payment/state.ts';
import type { IsDisposable } from '../../../platform/disposable-email/disposable-email.ts';
import type { Velocity } from '../../../platform/velocity/velocity.ts';
import type { Card, PaymentProvider } from '../../../providers/payment/provider.ts';
import { inTime } from './in-time.ts';

/** An attempt that is about to be made. `provider`: who was asked for. */
export type AttemptToAssess = {
  attemptId: string;
  payment: Pick<CreatedPayment, 'amount' | 'currency' | 'customer' | 'provider'>;
  method: PaymentMethodType;
  token: string;
  provider: string | null;
  context: AttemptContext;
};

export type SourceSettings = {
  velocity: Pick<Velocity, 'note'>;
  /** What a customer, card, address or device is counted under. */
  keyOf: (subject: string, value: string) => string;
  /** Those that are set up; the first is asked where nothing else is said. */
  providers: readonly Pick<PaymentProvider, 'name' | 'cardOf'>[];
  isDisposable: IsDisposable;
  log: Pick<Logger, 'warn'>;
  now?: () => number;
  /** How long a payment waits for each source; what is later is missing. Milliseconds. */
  patience?: { velocity: number; card: number; disposable: number };
};

export const windowsMs: readonly number[] = Object.values(riskWindows).map((seconds) => seconds * 1_000);
const windowNames = Object.keys(riskWindows);
const usualPatience = { velocity: 250, card: 1_000, disposable: 1_000 };

/** By what an attempt is counted, where it is known. */
export type KnownSubjects = Partial<Record<RiskSubject, string>>;
type Counted = { cardKnown: boolean; velocity: RiskInputs['velocity'] };

/** What is asked beside the payment itself. Undefined: no answer, or nobody to ask. */
export type Sources = {
  card: (attempt: AttemptToAssess) => Promise<Card | undefined>;
  disposable: (domain: string) => Promise<boolean | undefined>;
  /** The attempt counts from now on, once, however often it is given. */
  count: (attempt: AttemptToAssess, known: KnownSubjects) => Promise<Counted | undefined>;
};

export const openSources = ({ velocity, keyOf, providers, isDisposable, log, now = Date.now, patience = usualPatience }: SourceSettings): Sources => {
  const missed = (source: RiskSource) => (err: unknown) => log.warn({ err, source }, 'a source of risk assessment gave no answer: it is done without');
  return {
    card: async ({ provider, payment, method, token }) => {
      const asked = provider ?? payment.provider ?? providers[0]?.name;
      const ask = method === 'card' ? providers.find(({ name }) => name === asked)?.cardOf : undefined;
      return ask && inTime(() => ask(token), patience.card, missed('card'));
    },
    disposable: (domain) => inTime(() => isDisposable(domain), patience.disposable, missed('disposable_email')),
    count: async ({ attemptId: id, payment: { amount, currency } }, known) => {
      const subjects = riskSubjects.flatMap((subject) => {
        const value = subject === 'ip' && known.ip !== undefined ? countedAddress(known.ip) : known[subject];
        return value === undefined ? [] : [{ subject, key: keyOf(subject, value) }];
      });
      const card = known.card === undefined ? null : keyOf('card', known.card);
      const keys = subjects.map(({ key }) => key);
      const noted = await inTime(() => velocity.note({ id, at: now(), amount, currency, card, keys }), patience.velocity, missed('velocity'));
      return noted && { cardKnown: noted.cardKnown, velocity: byName(subjects, noted.counts) };
    },
  };
};

const byName = (subjects: readonly { subject: RiskSubject }[], counts: Awaited<ReturnType<Velocity['note']>>['counts']): RiskInputs['velocity'] =>
  Object.fromEntries(subjects.map(({ subject }, s) => [subject, Object.fromEntries(windowNames.map((name, w) => [name, counts[s]?.[w]]))]));
