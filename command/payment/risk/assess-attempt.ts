import type { Logger } from 'pino';
import type { AttemptContext } from '../../../domain/payment/events.ts';
import type { PaymentMethodType } from '../../../domain/payment/outcome.ts';
import { countedAddress } from '../../../domain/payment/risk/address.ts';
import { assess } from '../../../domain/payment/risk/assess.ts';
import { type FindLists, findLists } from '../../../domain/payment/risk/lists.ts';
import { sourcesNeeded } from '../../../domain/payment/risk/needs.ts';
import type { RiskRules } from '../../../domain/payment/risk/risk-rules.ts';
import type { RiskList } from '../../../domain/payment/risk/rules.ts';
import { type RiskAssessment, type RiskInputs, type RiskSource, riskSources, riskSubjects, riskWindows } from '../../../domain/payment/risk.ts';
import type { CreatedPayment } from '../../../domain/payment/state.ts';
import type { IsDisposable } from '../../../platform/disposable-email/disposable-email.ts';
import type { IpCountry } from '../../../platform/ip-country/ip-country.ts';
import type { Velocity } from '../../../platform/velocity/velocity.ts';
import type { PaymentProvider } from '../../../providers/payment/provider.ts';
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
export type AssessAttempt = (attempt: AttemptToAssess) => Promise<RiskAssessment>;

export type AssessSettings = {
  /** The rules that hold now. */
  rules: () => RiskRules;
  velocity: Pick<Velocity, 'note'>;
  /** What a customer, card, address or device is counted under. */
  keyOf: (subject: string, value: string) => string;
  /** Those that are set up; the first is asked where nothing else is said. */
  providers: readonly Pick<PaymentProvider, 'name' | 'cardOf'>[];
  isDisposable: IsDisposable;
  /** Undefined: no table of addresses is set up. */
  ipCountry: IpCountry | undefined;
  log: Pick<Logger, 'warn'>;
  now?: () => number;
  /** How long a payment waits for each source; what is later is missing. Milliseconds. */
  patience?: { velocity: number; card: number; disposable: number };
};

export const windowsMs: readonly number[] = Object.values(riskWindows).map((seconds) => seconds * 1_000);
const usualPatience = { velocity: 250, card: 1_000, disposable: 1_000 };
const windowNames = Object.keys(riskWindows);

/**
 * Gathers what is known of an attempt and lets the rules judge it. Never rejects for a source that is away: the rules are told that it
 * is missing. The attempt counts from now on, once, however often it is assessed.
 */
export const assessAttempt = (settings: AssessSettings): AssessAttempt => {
  const { rules, velocity, keyOf, providers, isDisposable, ipCountry, log, now = Date.now, patience = usualPatience } = settings;
  const listsOf = preparedLists();
  const missed = (source: string) => (err: unknown) => log.warn({ err, source }, 'a source of risk assessment gave no answer: it is done without');

  const cardOf = async ({ provider, payment, method, token }: AttemptToAssess) => {
    const asked = provider ?? payment.provider ?? providers[0]?.name;
    const ask = method === 'card' ? providers.find(({ name }) => name === asked)?.cardOf : undefined;
    if (!ask) return undefined;
    return inTime(() => ask(token), patience.card, missed('card'));
  };

  const count = async ({ attemptId: id, payment: { amount, currency } }: AttemptToAssess, known: Partial<Record<Subject, string>>) => {
    const subjects = riskSubjects.flatMap((subject) => {
      const value = subject === 'ip' && known.ip !== undefined ? countedAddress(known.ip) : known[subject];
      return value === undefined ? [] : [{ subject, key: keyOf(subject, value) }];
    });
    const card = known.card === undefined ? null : keyOf('card', known.card);
    const noted = await inTime(
      () => velocity.note({ id, at: now(), amount, currency, card, keys: subjects.map(({ key }) => key) }),
      patience.velocity,
      missed('velocity'),
    );
    return (
      noted && {
        cardKnown: noted.cardKnown,
        velocity: byName(
          subjects.map(({ subject }) => subject),
          noted.counts,
        ),
      }
    );
  };

  return async (attempt) => {
    const { version, rules: set } = rules();
    const { payment, method, context } = attempt;
    const { amount, currency, customer } = payment;
    const { ip, deviceId } = context;
    const emailDomain = domainOf(customer?.email);
    const needed = sourcesNeeded(set);
    const [card, disposable] = await Promise.all([
      needed.includes('card') ? cardOf(attempt) : undefined,
      emailDomain !== null && needed.includes('disposable_email')
        ? inTime(() => isDisposable(emailDomain), patience.disposable, missed('disposable_email'))
        : undefined,
    ]);
    const fingerprint = card?.fingerprint ?? undefined;
    const counted = await count(attempt, {
      ...(customer && { customer: customer.id }),
      ...(fingerprint !== undefined && { card: fingerprint }),
      ...(ip !== undefined && { ip }),
      ...(deviceId !== undefined && { device: deviceId }),
    });
    const known: Omit<RiskInputs, 'lists'> = {
      amount,
      currency,
      method,
      customerId: customer?.id ?? null,
      emailDomain,
      disposableEmail: disposable ?? false,
      country: customer?.country ?? null,
      ipCountry: ip !== undefined && ipCountry ? ipCountry(ip) : null,
      cardCountry: card?.country ?? null,
      ...(ip !== undefined && { ip }),
      ...(deviceId !== undefined && { deviceId }),
      ...(fingerprint !== undefined && { cardFingerprint: fingerprint }),
      cardFirstSeen: fingerprint !== undefined && counted ? !counted.cardKnown : null,
      velocity: counted?.velocity ?? {},
      missing: missingOf({
        velocity: !counted,
        card: method === 'card' && !card,
        ip_country: ip !== undefined && !ipCountry,
        disposable_email: emailDomain !== null && disposable === undefined,
      }),
    };
    return assess({ version, rules: set }, { ...known, lists: listsOf(set.lists)(known) });
  };
};

type Subject = (typeof riskSubjects)[number];

const byName = (subjects: readonly Subject[], counts: Awaited<ReturnType<Velocity['note']>>['counts']): RiskInputs['velocity'] =>
  Object.fromEntries(subjects.map((subject, index) => [subject, Object.fromEntries(windowNames.map((name, w) => [name, counts[index]?.[w]]))]));

const missingOf = (missing: Record<RiskSource, boolean>): readonly RiskSource[] => riskSources.filter((source) => missing[source]);

/** `Ada@Example.com` → `example.com`. */
const domainOf = (email: string | undefined): string | null => (email?.includes('@') ? email.slice(email.lastIndexOf('@') + 1).toLowerCase() : null);

/** Lists are prepared once for each version of the rules. */
const preparedLists = () => {
  let prepared: { lists: readonly RiskList[]; find: FindLists } | undefined;
  return (lists: readonly RiskList[]): FindLists => {
    if (prepared?.lists !== lists) prepared = { lists, find: findLists(lists) };
    return prepared.find;
  };
};
