import { round } from './statistics.ts';

export type Target = { atLeast: number } | { atMost: number };

/** One line of the table. A row without a target informs. */
export type Row = {
  measure: string;
  value: number;
  unit: string;
  target?: Target;
  /** Lowest and highest of the rounds. */
  spread?: { lowest: number; highest: number };
  /** What the value is made of, by name: rates, CPU by process, latencies. */
  detail: Readonly<Record<string, number | string>>;
};

export type MeasureResult = {
  name: string;
  seconds: number /** Cores that processes outside of the bench kept busy meanwhile: high means noise. */;
  othersCores: number;
} & ({ rows: readonly Row[] } | { failed: string });

export const isMet = ({ value, target }: Row): boolean | undefined =>
  target === undefined ? undefined : 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;

const mark = { true: 'ok', false: 'MISS', undefined: '' } as const;

/** The rows as text, one measure after the other, with what each is made of below it. */
export const asTable = (results: readonly MeasureResult[]): string => results.map((result) => [header(result), ...bodyOf(result)].join('\n')).join('\n\n');

const header = ({ name, seconds, othersCores }: MeasureResult): string => `${name}  (${round(seconds, 0)} s, others kept ${round(othersCores, 2)} cores busy)`;

const bodyOf = (result: MeasureResult): string[] => ('failed' in result ? [`  FAILED  ${result.failed}`] : result.rows.flatMap(linesOf));

const linesOf = (row: Row): string[] => {
  const spread = row.spread ? `  [${round(row.spread.lowest)} to ${round(row.spread.highest)}]` : '';
  const detail = Object.entries(row.detail).map(([name, value]) => `${name} ${typeof value === 'number' ? round(value) : value}`);
  const line = `  ${mark[`${isMet(row)}`].padEnd(5)}${row.measure.padEnd(58)} ${String(round(row.value)).padStart(9)} ${row.unit}${spread}${targetText(row)}`;
  return detail.length > 0 ? [line, `         ${detail.join(', ')}`] : [line];
};

const targetText = ({ target }: Row): string =>
  target === undefined ? '' : 'atLeast' in target ? `  (target ≥ ${target.atLeast})` : `  (target ≤ ${target.atMost})`;
