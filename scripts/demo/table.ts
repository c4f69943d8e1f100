import type { Tally } from './tally.ts';

const exponents = new Map<string, number>();
/** Minor units as people read them, by the currency's own decimals. */
export const money = (amount: number, currency: string): string => {
  const exponent = exponents.get(currency) ?? new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  exponents.set(currency, exponent);
  return (amount / 10 ** exponent).toLocaleString('en', { minimumFractionDigits: exponent, maximumFractionDigits: exponent });
};

/** The closing table: a row per currency and country, largest first, and a total per currency. */
export const closingTable = ({ groups, reasons }: Tally): string => {
  const columns = ['charged', 'refunded', 'declined', 'refused', 'undecided'] as const;
  const cell = ({ count, amount }: { count: number; amount: number }, currency: string): string =>
    count === 0 ? '–' : `${count} × ${money(amount, currency)}`;
  const rows = [...groups]
    .sort(([, a], [, b]) => b.charged.amount - a.charged.amount)
    .map(([name, group]) => [name, ...columns.map((column) => cell(group[column], name.slice(0, 3)))]);
  const totals = [...new Set([...groups.keys()].map((name) => name.slice(0, 3)))].map((currency) => [
    `${currency} total`,
    ...columns.map((column) => {
      const of = [...groups].filter(([name]) => name.startsWith(currency)).map(([, group]) => group[column]);
      return cell({ count: of.reduce((sum, { count }) => sum + count, 0), amount: of.reduce((sum, { amount }) => sum + amount, 0) }, currency);
    }),
  ]);
  const all = [['', ...columns], ...rows, ...totals];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = all.map((row) => row.map((text, column) => (column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0))).join('  '));
  const why = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => `  ${count} × ${reason}`);
  return [...lines, ...(why.length > 0 ? ['', 'declined and refused, why:', ...why] : [])].join('\n');
};
