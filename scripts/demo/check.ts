import { type Client, everyRow } from './client.ts';
import type { Tally } from './tally.ts';

export type Check = { name: string; holds: boolean; detail: string };

/**
 * Holds three independent records against each other, to the penny: what this run was told, what the provider's ledger says was
 * charged and refunded for the same payments, and what the read models show.
 */
export const checkAgainstRecords = async (api: Client, told: Tally): Promise<Check[]> => {
  const listed = new Map<string, { charged: number; refunded: number }>();
  const everything = { captured: 0, refunded: 0 };
  for await (const payment of everyRow(api, '/api/v1/payments')) {
    everything.captured += Number(payment.amountCaptured);
    everything.refunded += Number(payment.amountRefunded);
    if (told.payments.has(String(payment.id)))
      listed.set(String(payment.id), { charged: Number(payment.amountCaptured), refunded: Number(payment.amountRefunded) });
  }
  const ledger = await ledgerTotals(api);
  const analytics = await analyticsTotals(api);
  const toldCharged = sum(told.payments.values());
  const toldRefunded = sum([...told.groups.values()].map(({ refunded }) => refunded.amount));
  const listCharged = sum([...listed.values()].map(({ charged }) => charged));
  const listRefunded = sum([...listed.values()].map(({ refunded }) => refunded));
  return [
    check('every payment of this run is in the list', told.payments.size, listed.size),
    check('charged: answers = read model', toldCharged, listCharged),
    check('refunded: answers = read model', toldRefunded, listRefunded),
    check('charged, all payments: read model = provider ledger', everything.captured, ledger.charged),
    check('refunded, all payments: read model = provider ledger', everything.refunded, ledger.refunded),
    check('charged, all payments: list = analytics', everything.captured, analytics.captured),
    check('refunded, all payments: list = analytics', everything.refunded, analytics.refunded),
    check('no attempt is charged twice in the ledger', 0, ledger.duplicates),
  ];
};

const sum = (amounts: Iterable<number>): number => [...amounts].reduce((total, amount) => total + amount, 0);
const check = (name: string, expected: number, actual: number): Check => ({
  name,
  holds: expected === actual,
  detail: expected === actual ? `${actual}` : `${expected} ≠ ${actual}`,
});

const analyticsTotals = async (api: Client): Promise<{ captured: number; refunded: number }> => {
  const { status, body } = await api.get('/api/v1/analytics?interval=month&from=2000-01-01T00:00:00Z');
  if (status !== 200) throw new Error(`the analytics answered ${status} ${String(body.code ?? '')}`);
  const totals = body.totals as { capturedVolume: number; refundedVolume: number }[];
  return { captured: sum(totals.map(({ capturedVolume }) => capturedVolume)), refunded: sum(totals.map(({ refundedVolume }) => refundedVolume)) };
};

const ledgerTotals = async (api: Client): Promise<{ charged: number; refunded: number; duplicates: number }> => {
  const seen = new Set<string>();
  const totals = { charged: 0, refunded: 0, duplicates: 0 };
  for await (const { kind, reference, amount } of everyRow(api, '/api/v1/sandbox/ledger')) {
    if (kind === 'charge' || kind === 'capture') totals.charged += Number(amount);
    if (kind === 'refund') totals.refunded += Number(amount);
    if (seen.has(`${kind} ${reference}`)) totals.duplicates += 1;
    seen.add(`${kind} ${reference}`);
  }
  return totals;
};
