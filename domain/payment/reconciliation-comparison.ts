/** Money that was moved. Minor units of `currency`; `at` is RFC 3339 UTC. */
export type Movement = { kind: 'capture' | 'refund'; amount: number; currency: string; at: string };
/** `reference` is ours: the id of the capture or refund, and the provider's idempotency key for it. */
export type OurMovement = Movement & { reference: string; providerReference: string | null; paymentId: string };
/** `reference` is ours where the provider has kept it. */
export type TheirMovement = Movement & { reference: string | null; providerReference: string };

/** `missing`: only we know of it. `extra`: only the provider does. `different`: kind, amount or currency are not the same. */
export type Finding = {
  /** The same for the same finding, whenever it is found. */
  key: string;
  kind: 'missing' | 'extra' | 'different';
  reference: string | null;
  providerReference: string | null;
  paymentId: string | null;
  ours: Movement | null;
  theirs: Movement | null;
};
type Sums = { captured: number; refunded: number; count: number };
export type Totals = { currency: string; ours: Sums; theirs: Sums };
export type Comparison = { totals: readonly Totals[]; findings: readonly Finding[] };

/** RFC 3339 UTC; `from` is inclusive, `to` is not. */
export type Day = { from: string; to: string };

type Pair = { ours: OurMovement; theirs: TheirMovement };
type Alike = (ours: OurMovement, theirs: TheirMovement) => boolean;

const sameReference: Alike = (ours, theirs) => ours.reference === theirs.reference;
const sameName: Alike = (ours, theirs) => ours.providerReference === theirs.providerReference;
const sameKind: Alike = (ours, theirs) => ours.kind === theirs.kind;
const sameMoney: Alike = (ours, theirs) => sameKind(ours, theirs) && ours.amount === theirs.amount && ours.currency === theirs.currency;

/** From the surest to the least sure; each movement is in one pair at most, so that what was moved twice is seen. */
const passes: readonly { by: 'reference' | 'providerReference'; alike: Alike }[] = [
  { by: 'reference', alike: (ours, theirs) => sameReference(ours, theirs) && sameMoney(ours, theirs) },
  { by: 'providerReference', alike: (ours, theirs) => sameName(ours, theirs) && sameMoney(ours, theirs) },
  { by: 'reference', alike: (ours, theirs) => sameReference(ours, theirs) && sameKind(ours, theirs) },
  { by: 'providerReference', alike: (ours, theirs) => sameName(ours, theirs) && sameKind(ours, theirs) },
  { by: 'reference', alike: sameReference },
];

/**
 * What moved on one day. Both sides are given with the time around it: our times are those of our knowing, so what moved near midnight,
 * or was learnt late, is looked for there before it is called missing. A pair belongs to the day on which we knew of it.
 */
export const compare = (ours: readonly OurMovement[], theirs: readonly TheirMovement[], day: Day): Comparison => {
  const { pairs, missing, extra } = matched(ours, theirs);
  const within = ({ at }: Movement): boolean => at >= day.from && at < day.to;
  const paired = pairs.filter((pair) => within(pair.ours));
  const ourOwn = missing.filter(within);
  const theirOwn = extra.filter(within);
  const findings = [
    ...ourOwn.map((movement) => finding('missing', movement, undefined)),
    ...theirOwn.map((movement) => finding('extra', undefined, movement)),
    ...paired.filter((pair) => !sameMoney(pair.ours, pair.theirs)).map((pair) => finding('different', pair.ours, pair.theirs)),
  ];
  const sums = totalsOf([...paired.map((pair) => pair.ours), ...ourOwn], [...paired.map((pair) => pair.theirs), ...theirOwn]);
  return { totals: sums, findings: numbered(findings) };
};

const matched = (ours: readonly OurMovement[], theirs: readonly TheirMovement[]) => {
  const pairs: Pair[] = [];
  let open = new Set(theirs);
  let left = ours;
  for (const { by, alike } of passes) {
    const candidates = Map.groupBy(open, (movement) => movement[by] ?? '');
    const unmatched: OurMovement[] = [];
    for (const movement of left) {
      const partner = candidates.get(movement[by] ?? '')?.find((one) => open.has(one) && alike(movement, one));
      if (!partner) {
        unmatched.push(movement);
        continue;
      }
      open.delete(partner);
      pairs.push({ ours: movement, theirs: partner });
    }
    left = unmatched;
    open = new Set(open);
  }
  return { pairs, missing: left, extra: [...open] };
};

const finding = (kind: Finding['kind'], ours: OurMovement | undefined, theirs: TheirMovement | undefined): Finding => {
  const reference = ours?.reference ?? theirs?.reference ?? null;
  const providerReference = theirs?.providerReference ?? ours?.providerReference ?? null;
  return {
    key: `${kind} ${(ours ?? theirs)?.kind} ${reference ?? providerReference}`,
    kind,
    reference,
    providerReference,
    paymentId: ours?.paymentId ?? null,
    ours: ours ? movementOf(ours) : null,
    theirs: theirs ? movementOf(theirs) : null,
  };
};

const movementOf = ({ kind, amount, currency, at }: Movement): Movement => ({ kind, amount, currency, at });

/** Two of the same key (a provider that charged twice more than we know of) are told apart. */
const numbered = (findings: readonly Finding[]): readonly Finding[] => {
  const seen = new Map<string, number>();
  return findings.map((one) => {
    const times = (seen.get(one.key) ?? 0) + 1;
    seen.set(one.key, times);
    return times === 1 ? one : { ...one, key: `${one.key} ${times}` };
  });
};

const totalsOf = (ours: readonly Movement[], theirs: readonly Movement[]): readonly Totals[] => {
  const currencies = [...new Set([...ours, ...theirs].map(({ currency }) => currency))].toSorted();
  return currencies.map((currency) => ({ currency, ours: sumsOf(ours, currency), theirs: sumsOf(theirs, currency) }));
};

const sumsOf = (movements: readonly Movement[], currency: string): Sums =>
  movements
    .filter((movement) => movement.currency === currency)
    .reduce(
      (sums, { kind, amount }) => ({
        captured: sums.captured + (kind === 'capture' ? amount : 0),
        refunded: sums.refunded + (kind === 'refund' ? amount : 0),
        count: sums.count + 1,
      }),
      { captured: 0, refunded: 0, count: 0 },
    );
