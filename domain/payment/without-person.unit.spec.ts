import { expect, it } from 'vitest';
import { parsePath, take } from '../../platform/event-store/personal-paths.ts';
import { fold } from '../decider.ts';
import type { PaymentCommand } from './commands.ts';
import { type PaymentEvent, paymentCatalogue } from './events.ts';
import * as x from './examples.ts';
import { payment } from './payment.ts';
import { withoutPerson } from './without-person.ts';

/** The event as it is read once its key is deleted. */
const erased = (event: PaymentEvent): PaymentEvent => {
  const { personal = [] } = paymentCatalogue[event.type];
  return { ...event, data: take(event.data, personal.map(parsePath), {}) } as PaymentEvent;
};

const review = { ...x.process('a1'), assessment: x.assessedAs('review') };
const block = { ...x.process('a1'), assessment: x.assessedAs('block') };

it.each<[string, readonly PaymentCommand[]]>([
  ['a payment that is only wanted', [x.create]],
  ['an attempt under way', [x.create, x.process('a1')]],
  ['an attempt that waits for the customer', [x.create, x.process('a1'), x.record('a1', x.requiresAction)]],
  ['a payment with refunds', [x.create, x.process('a1'), x.record('a1', x.captured), x.refund('r1'), x.recordRefund('r1', x.done())]],
  ['a payment in review', [x.create, review]],
  ['a payment that was approved', [x.create, review, x.approve('ok')]],
  ['a payment that the rules forbid', [x.create, block]],
  ['a guest’s payment', [{ ...x.create, customer: null }, x.process('a1')]],
])('of %s is what the log still says', (_, commands) => {
  const history = x.historyOf(...commands);
  expect(withoutPerson(fold(payment, history))).toEqual(fold(payment, history.map(erased)));
  expect(JSON.stringify(withoutPerson(fold(payment, history)))).not.toMatch(/ada@|Ada|tok_|192\.0\.2/);
});

it('of what is not there is nothing', () => {
  expect(withoutPerson({ status: 'absent' })).toEqual({ status: 'absent' });
});
