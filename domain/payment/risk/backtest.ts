import type { FiredRule, RiskDecision, RiskInputs, RiskSource } from '../risk.ts';
import { assess } from './assess.ts';
import { type Fate, type FateName, fateName } from './fate.ts';
import type { FindLists } from './lists.ts';
import { sourcesNeeded } from './needs.ts';
import type { RiskRuleSet } from './rules.ts';

/** An attempt as it was assessed, and what became of it. `erased`: something personal of it that lists would need is gone. */
export type PastAssessment = { paymentId: string; attemptId: string; at: string; decision: RiskDecision; inputs: RiskInputs; fate: Fate; erased: boolean };

/** How many payments, and of what sums: minor units by currency. */
export type Tally = { count: number; volume: Readonly<Record<string, number>> };
export type TallyByFate = Partial<Record<FateName, Tally>>;

/** How well a decision finds what is disputed later, of what was paid. Null where there is nothing to share. */
export type Accuracy = { flagged: number; disputed: number; precision: number | null; recall: number | null };

export type BacktestExample = Pick<PastAssessment, 'paymentId' | 'attemptId' | 'at'> & {
  before: RiskDecision;
  after: RiskDecision;
  score: number;
  rules: readonly Pick<FiredRule, 'id' | 'score' | 'detail'>[];
  fate: FateName;
};

export type BacktestResult = {
  tested: number;
  changed: number;
  /** Decision then, decision now. */
  table: Record<RiskDecision, Record<RiskDecision, number>>;
  /** Of those that are decided otherwise now: what had become of them. */
  nowBlocked: TallyByFate;
  nowReviewed: TallyByFate;
  nowAllowed: TallyByFate;
  paid: number;
  disputed: number;
  accuracy: { block: Accuracy; reviewOrBlock: Accuracy };
  /** Assessments that lack what the rules need to know: they count as if it were not there. */
  lacking: Record<RiskSource | 'erased', number>;
  examples: readonly BacktestExample[];
};

const mostExamples = 20;

/** Tries a rule set on what was assessed before, one after the other. */
export const openBacktest = (rules: RiskRuleSet, find: FindLists) => {
  const needed = sourcesNeeded(rules);
  const table = { allow: none(), review: none(), block: none() };
  const changes: Record<RiskDecision, Map<FateName, Tally>> = { allow: new Map(), review: new Map(), block: new Map() };
  const lacking = { velocity: 0, card: 0, ip_country: 0, disposable_email: 0, erased: 0 };
  const flagged = { block: { paid: 0, disputed: 0 }, reviewOrBlock: { paid: 0, disputed: 0 } };
  const examples: BacktestExample[] = [];
  const totals = { tested: 0, changed: 0, paid: 0, disputed: 0 };

  const change = (past: PastAssessment, now: RiskDecision, score: number, fired: readonly FiredRule[]): void => {
    const fate = fateName(past.fate);
    totals.changed += 1;
    changes[now].set(fate, added(changes[now].get(fate), past.inputs));
    if (examples.length >= mostExamples) return;
    const { paymentId, attemptId, at, decision: before } = past;
    examples.push({ paymentId, attemptId, at, before, after: now, score, rules: fired.map(({ id, score, detail }) => ({ id, score, detail })), fate });
  };
  const judge = ({ status, disputed }: Fate, now: RiskDecision): void => {
    if (status !== 'paid') return;
    const counts = [totals, ...(now === 'block' ? [flagged.block] : []), ...(now === 'allow' ? [] : [flagged.reviewOrBlock])];
    for (const count of counts) {
      count.paid += 1;
      if (disputed) count.disputed += 1;
    }
  };

  return {
    add: (past: PastAssessment): void => {
      const { decision: now, score, rules: fired } = assess({ version: 0, rules }, { ...past.inputs, lists: find(past.inputs) });
      totals.tested += 1;
      table[past.decision][now] += 1;
      for (const source of past.inputs.missing) if (needed.includes(source)) lacking[source] += 1;
      if (past.erased) lacking.erased += 1;
      judge(past.fate, now);
      if (now !== past.decision) change(past, now, score, fired);
    },
    result: (): BacktestResult => ({
      ...totals,
      table,
      nowBlocked: Object.fromEntries(changes.block),
      nowReviewed: Object.fromEntries(changes.review),
      nowAllowed: Object.fromEntries(changes.allow),
      accuracy: { block: accuracyOf(flagged.block, totals.disputed), reviewOrBlock: accuracyOf(flagged.reviewOrBlock, totals.disputed) },
      lacking,
      examples,
    }),
  };
};

const none = (): Record<RiskDecision, number> => ({ allow: 0, review: 0, block: 0 });

const added = (tally: Tally = { count: 0, volume: {} }, { amount, currency }: RiskInputs): Tally => ({
  count: tally.count + 1,
  volume: { ...tally.volume, [currency]: (tally.volume[currency] ?? 0) + amount },
});

const accuracyOf = ({ paid, disputed }: { paid: number; disputed: number }, allDisputed: number): Accuracy => ({
  flagged: paid,
  disputed,
  precision: share(disputed, paid),
  recall: share(disputed, allDisputed),
});

const share = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000);
