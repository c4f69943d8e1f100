import { assess } from '../../../domain/payment/risk/assess.ts';
import { type FindLists, findLists } from '../../../domain/payment/risk/lists.ts';
import { sourcesNeeded } from '../../../domain/payment/risk/needs.ts';
import type { RiskRules } from '../../../domain/payment/risk/risk-rules.ts';
import type { RiskList, RiskRuleSet } from '../../../domain/payment/risk/rules.ts';
import { type RiskAssessment, type RiskInputs, type RiskSource, riskSources } from '../../../domain/payment/risk.ts';
import type { IpCountry } from '../../../platform/ip-country/ip-country.ts';
import { type AttemptToAssess, openSources, type SourceSettings, type Sources } from './sources.ts';

export type AssessSettings = SourceSettings & {
  /** The rules that hold now. */
  rules: () => RiskRules;
  /** Undefined: no table of addresses is set up. */
  ipCountry: IpCountry | undefined;
};

/**
 * Gathers what is known of an attempt and lets the rules judge it. Never rejects for a source that is away: the rules are told that it
 * is missing.
 */
export const assessAttempt = ({ rules, ipCountry, ...settings }: AssessSettings): ((attempt: AttemptToAssess) => Promise<RiskAssessment>) => {
  const sources = openSources(settings);
  const listsOf = preparedLists();
  return async (attempt) => {
    const { version, rules: set } = rules();
    const known = await gather(attempt, set, sources, ipCountry);
    return assess({ version, rules: set }, { ...known, lists: listsOf(set.lists)(known) });
  };
};

const gather = async (attempt: AttemptToAssess, set: RiskRuleSet, sources: Sources, ipCountry: IpCountry | undefined): Promise<Omit<RiskInputs, 'lists'>> => {
  const { payment, method, context } = attempt;
  const { amount, currency, customer } = payment;
  const { ip, deviceId } = context;
  const emailDomain = domainOf(customer?.email);
  const needed = sourcesNeeded(set);
  const [card, disposable] = await Promise.all([
    needed.includes('card') ? sources.card(attempt) : undefined,
    emailDomain !== null && needed.includes('disposable_email') ? sources.disposable(emailDomain) : undefined,
  ]);
  const fingerprint = card?.fingerprint ?? undefined;
  const counted = await sources.count(attempt, {
    ...(customer && { customer: customer.id }),
    ...(fingerprint !== undefined && { card: fingerprint }),
    ...(ip !== undefined && { ip }),
    ...(deviceId !== undefined && { device: deviceId }),
  });
  return {
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
};

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
