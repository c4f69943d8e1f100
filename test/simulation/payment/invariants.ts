import { sumOf } from '../../../domain/money.ts';
import { type PaymentEvent, paymentCatalogue } from '../../../domain/payment/events.ts';
import { declineKinds } from '../../../domain/payment/outcome.ts';
import { payment } from '../../../domain/payment/payment.ts';
import { type CreatedPayment, capturedOf, isLive, onceCapturedOf, type Payment, statusOf, undecidedOf } from '../../../domain/payment/state.ts';
import type { Recorded } from '../../../platform/event-store/recorded.ts';
import type { Charge } from './books.ts';
import type { Ended } from './schedule.ts';

const isPayment = (event: Recorded): event is Recorded<PaymentEvent> => Object.hasOwn(paymentCatalogue, event.type);
type Complain = (broken: string | false) => void;

/** What is broken once everything has come to rest: nothing, one hopes. */
export const brokenIn = ({ complaints, events, books }: Ended): readonly string[] => {
  const broken = [...complaints];
  const complain: Complain = (text) => void (text !== false && broken.push(text));
  const history = events.filter(isPayment);
  const state = overTime(history, complain);
  if (state.status === 'absent') return [...broken, 'the payment was never created'];
  failoversAreSafe(history, complain);
  complain(undecidedOf(state).length > 0 && `undecided: ${JSON.stringify(undecidedOf(state))}`);
  const open = [...state.attempts, ...state.captures, ...state.voids, ...state.refunds].find(({ status }) => status === 'started');
  complain(open !== undefined && `${open?.id} was started and never ended`);
  complain(state.attempts.some(({ resuming }) => resuming) && 'a resume was never answered');
  const known = new Set(state.attempts.map(({ id }) => id));
  for (const { charges, operations, name } of books) {
    for (const { reference, times } of [...charges.values(), ...operations.values()]) complain(times > 1 && `${name} carried out ${reference} ${times} times`);
    for (const charge of charges.values()) complain(!known.has(charge.reference) && `${name} has a charge that nobody knows of`);
    for (const charge of charges.values()) agrees(state, charge, complain);
    for (const one of operations.values()) {
      const ours = [...state.captures, ...state.voids, ...state.refunds].find(({ id }) => id === one.reference);
      complain(ours?.status !== one.status && `${one.kind} ${one.reference} is ${one.status} at ${name}, ${ours?.status} with us`);
    }
  }
  for (const { id, provider, status } of state.attempts) {
    const there = books.find(({ name }) => name === provider)?.charges.has(id);
    complain(!there && status !== 'not_sent' && `attempt ${id} is ${status}, and ${provider} never had it`);
  }
  return broken;
};

/** The provider's sums are ours. */
const agrees = (state: CreatedPayment, { reference, status, captured, undone, refunded, disputed, released, expiresAt }: Charge, complain: Complain): void => {
  const attempt = state.attempts.find(({ id }) => id === reference);
  if (!attempt) return;
  const of = <T extends { attemptId: string }>(items: readonly T[]) => items.filter(({ attemptId }) => attemptId === reference);
  const said = {
    authorized: 'authorized',
    captured: 'succeeded',
    reversed: 'reversed',
    declined: 'declined',
    requires_action: 'requires_action',
    pending: 'pending',
  }[status];
  // What was called off while it waited for the customer needs no other end; and of what never arrived in time, only money matters.
  const calledOff = attempt.status === 'requires_action' && of(state.voids).some((one) => one.status === 'succeeded');
  const tooLate = attempt.status === 'not_sent' && (status === 'declined' || status === 'requires_action');
  complain(attempt.status !== said && !calledOff && !tooLate && `attempt ${reference} is ${status} there, ${attempt.status} with us`);
  const ours = {
    captured: capturedOf(state, reference),
    refunded: sumOf(of(state.refunds).filter((one) => one.status === 'succeeded')),
    disputed: sumOf(of(state.disputes).filter((one) => one.status === 'lost')),
  };
  for (const [what, there] of Object.entries({ captured, refunded, disputed })) {
    const here = what === 'captured' ? ours.captured : what === 'refunded' ? ours.refunded : ours.disputed;
    complain(here !== there && `${reference}: ${what} ${there} there, ${here} with us`);
  }
  // When all has come to rest a week is over, so nothing is held for ever.
  const held = status === 'authorized' && !released && captured + undone < attempt.amount;
  complain(held && statusOf(state) === 'requires_capture' && `${reference} is held until ${new Date(expiresAt).toISOString()} and was not released`);
  const kept = captured - refunded - disputed;
  const failed = of(state.refunds).some((one) => one.status === 'failed' || one.status === 'reversed');
  complain(attempt.surplus && kept > 0 && !failed && `${reference} was surplus, and ${kept} of it were kept`);
};

const rank = { started: 0, requires_action: 1, unknown: 1, pending: 2, declined: 3, not_sent: 3, authorized: 4, succeeded: 5, reversed: 6 };
const ended = ['succeeded', 'failed', 'reversed'];

/** What must hold after each event of the history. */
const overTime = (history: readonly PaymentEvent[], complain: Complain): Payment => {
  let state: Payment = payment.initialState;
  for (const event of history) {
    const before = state;
    state = payment.evolve(state, event);
    if (state.status === 'absent' || before.status === 'absent') continue;
    withinBounds(state, complain);
    notBackward(before, state, event, complain);
  }
  return state;
};

const withinBounds = (state: CreatedPayment, complain: Complain): void => {
  // Another one may be made once all that was captured of an authorization has come back.
  const cameBack = new Set(state.captures.filter(({ status }) => status === 'reversed').map(({ attemptId }) => attemptId));
  const live = state.attempts.filter((one) => isLive(one) && !one.surplus && !cameBack.has(one.id));
  complain(live.length > 1 && `${live.length} attempts live at once`);
  for (const { id, amount } of state.attempts) {
    const captured = onceCapturedOf(state, id);
    const given = sumOf(state.refunds.filter(({ attemptId, status }) => attemptId === id && status !== 'failed' && status !== 'reversed'));
    const lost = sumOf(state.disputes.filter(({ attemptId, status }) => attemptId === id && status === 'lost'));
    complain(captured > amount && `${captured} were captured of ${amount}`);
    complain(given + lost > captured && `${given} given back and ${lost} lost of ${captured}`);
  }
};

const notBackward = (before: CreatedPayment, now: CreatedPayment, event: PaymentEvent, complain: Complain): void => {
  for (const one of before.attempts) {
    const same = now.attempts.find(({ id }) => id === one.id);
    complain((!same || rank[same.status] < rank[one.status]) && `${event.type}: attempt ${one.id} went from ${one.status} to ${same?.status}`);
  }
  for (const one of [...before.captures, ...before.voids, ...before.refunds]) {
    const same = [...now.captures, ...now.voids, ...now.refunds].find(({ id }) => id === one.id);
    const back =
      one.status === 'reversed'
        ? same?.status !== 'reversed'
        : one.status === 'succeeded'
          ? !['succeeded', 'reversed'].includes(same?.status ?? '')
          : ended.includes(one.status) && !ended.includes(same?.status ?? '');
    complain(back && `${event.type}: ${one.id} went from ${one.status} to ${same?.status}`);
  }
  complain(before.canceledBy !== null && now.canceledBy !== before.canceledBy && `${event.type}: a canceled payment came back`);
};

/** Another provider is asked only where the one before certainly didn't do it, and nothing else was ever known of that. */
const failoversAreSafe = (history: readonly PaymentEvent[], complain: Complain): void => {
  for (const [index, event] of history.entries()) {
    if (event.type !== 'AttemptStarted' || event.data.after === undefined) continue;
    const { after } = event.data;
    const about = history.slice(0, index).filter((one) => one.type.startsWith('Attempt') && 'attemptId' in one.data && one.data.attemptId === after);
    const [started, failure, ...more] = about;
    const allowed = failure?.type === 'AttemptNotSent' || (failure?.type === 'AttemptDeclined' && declineKinds[failure.data.code] === 'soft');
    complain((started?.type !== 'AttemptStarted' || !allowed || more.length > 0) && `failed over after ${about.map(({ type }) => type).join(', ')}`);
  }
};
