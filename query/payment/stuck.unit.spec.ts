import { expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import * as x from '../../domain/payment/examples.ts';
import type { Condition } from '../../platform/documents/document-store.ts';
import { type PaymentDocument, paymentDocuments } from '../../projections/payment/payments.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { stuckPayments } from './stuck.ts';

const item = (id: string, at: readonly string[], ...commands: readonly PaymentCommand[]): PaymentDocument => {
  const log = memoryLog();
  const events = x.historyOf(...commands).map((event, index) => ({ ...log.append(`payment-${id}`, event), at: at[index] ?? at.at(-1) ?? '' }));
  const made = events.reduce<PaymentDocument | undefined>((before, event) => paymentDocuments.evolve(before, event, id), undefined);
  if (!made) throw new Error('no payment');
  return made;
};
const inDoubt = [x.create, x.process('a1'), x.record('a1', x.unknown)] as const;

it('counts the payments that a provider has left undecided for more than an hour, page by page', async () => {
  const [early, late] = ['2026-01-01T08:00:00.000Z', '2026-01-01T11:30:00.000Z'];
  const items = [
    item('p1', [early], ...inDoubt),
    item('p2', [early, early, late], ...inDoubt),
    item('p3', [early], ...inDoubt, x.record('a1', x.captured)),
    // In doubt twice: the second time counts.
    item('p4', [early, early, early, early, late], ...inDoubt, x.record('a1', x.captured), x.refund('r1'), x.recordRefund('r1', x.unknown)),
    item('p5', [early], x.create, { ...x.process('a1'), method: 'wallet' }, x.record('a1', x.pending)),
  ];
  const asked: (readonly Condition[])[] = [];
  const list = {
    find: async ({ where, after = '0' }: { where: readonly Condition[]; after?: string }) => {
      asked.push(where);
      const rows = items
        .filter(({ undecided }) => undecided)
        .slice(Number(after), Number(after) + 2)
        .map((document, index) => ({ id: String(index), position: 1n, document }));
      return Number(after) > 0 ? { rows } : { rows, next: '2' };
    },
  };
  expect(await stuckPayments(list, new Date('2026-01-01T12:00:00Z'))).toEqual([
    { provider: 'sandbox', currency: 'GBP', country: 'GB', method: 'card' },
    { provider: 'sandbox', currency: 'GBP', country: 'GB', method: 'wallet' },
  ]);
  expect(asked[0]).toEqual([
    { field: 'undecided', is: true },
    { field: 'createdAt', to: '2026-01-01T11:00:00.000Z' },
  ]);
});
