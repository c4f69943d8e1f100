import type { PaymentMethodType } from './outcome.ts';

// What was known of an attempt before it was made, and what the rules made of it. Kept in its history, so that other rules can be tried on it.

export type RiskDecision = 'allow' | 'review' | 'block';

/** Windows over which velocities count, by name, in seconds. */
export const riskWindows = { '1m': 60, '10m': 600, '1h': 3_600, '24h': 86_400, '7d': 604_800 } as const;
export type RiskWindow = keyof typeof riskWindows;

/** What velocities count by. */
export const riskSubjects = ['customer', 'card', 'ip', 'device'] as const;
export type RiskSubject = (typeof riskSubjects)[number];

/** Of one subject in one window, this attempt included. `amount`: minor units of the attempt's currency only. `cards`: different ones. */
export type RiskCounts = { attempts: number; failed: number; amount: number; cards: number };

/** What is asked beside the payment itself: counts, the card's provider, the table of addresses, the list of domains. */
export const riskSources = ['velocity', 'card', 'ip_country', 'disposable_email'] as const;
export type RiskSource = (typeof riskSources)[number];

/** Null: not known. `ip`, `deviceId` and `cardFingerprint` are personal. Countries are ISO 3166-1 alpha-2. */
export type RiskInputs = {
  amount: number;
  currency: string;
  method: PaymentMethodType;
  customerId: string | null;
  emailDomain: string | null;
  disposableEmail: boolean;
  country: string | null;
  ipCountry: string | null;
  cardCountry: string | null;
  ip?: string;
  deviceId?: string;
  cardFingerprint?: string;
  /** Whether this card was never charged with success before. */
  cardFirstSeen: boolean | null;
  velocity: Partial<Record<RiskSubject, Partial<Record<RiskWindow, RiskCounts>>>>;
  /** Names of the lists that something of this attempt stands on. */
  lists: readonly string[];
  /** Sources that would have had something to tell, and were not asked, or gave no answer in time. */
  missing: readonly RiskSource[];
};

/** One rule that fired. `decision`: what it asks for by itself, beside its score. */
export type FiredRule = { id: string; score: number; decision: RiskDecision | null; detail: string };

export type RiskAssessment = {
  decision: RiskDecision;
  score: number;
  rules: readonly FiredRule[];
  ruleSetVersion: number;
  inputs: RiskInputs;
};
