import { Variables } from './variables.ts';

const known = Object.keys(Variables.properties);
/** Whatever begins so is ours. */
const prefixes = ['PAYMENT_', 'NOTIFICATION_', 'EVENTSTORE_', 'COMMAND_', 'RATE_LIMIT_', 'SANDBOX_', 'JWT_', 'WEBHOOK_'];
/** Kubernetes tells each container of its neighbours in these. */
const ofOrchestrator = /_SERVICE_HOST$|_SERVICE_PORT(?:_[A-Z0-9_]+)?$|_PORT_\d+_(?:TCP|UDP)(?:_[A-Z]+)?$/;

/** Variables that are meant for us, by their prefix or by being one slip away from one of ours, and that we don't know. */
export const unknownVariables = (names: readonly string[]): string[] =>
  names
    .filter((name) => !known.includes(name) && !ofOrchestrator.test(name))
    .flatMap((name) => {
      const nearest = nearestOf(name);
      if (nearest === undefined && !prefixes.some((prefix) => name.startsWith(prefix))) return [];
      return [`${name} is not a variable of ours${nearest === undefined ? '' : `: did you mean ${nearest}?`}`];
    });

const nearestOf = (name: string): string | undefined => {
  const ours = prefixes.some((prefix) => name.startsWith(prefix));
  const [nearest] = known.map((candidate) => ({ candidate, distance: distance(name, candidate) })).sort((a, b) => a.distance - b.distance);
  if (!nearest) return undefined;
  // Short names are near to everything.
  const slips = ours ? 4 : name.length >= 8 ? 2 : name.length >= 6 ? 1 : 0;
  return nearest.distance <= slips ? nearest.candidate : undefined;
};

/** Damerau-Levenshtein, neighbours only: inserted, left out, replaced or swapped letters. */
const distance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforeLast[j - 2] ?? Number.POSITIVE_INFINITY) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
};
