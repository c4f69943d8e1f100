import { ask } from './api.js';
import { confirmation } from './dialog.js';
import { h, plain } from './elements.js';
import { field, input, tick } from './fields.js';
import { decimal, minorUnits, money } from './money.js';

// What people may do to a payment. Each asks once more, and tells `done` what has come of it.

/** What the provider refused is an outcome, not a fault: nothing is left to try again in the same dialog. */
const command = async (id, verb, body, idempotencyKey) => {
  try {
    return { answer: await ask('payment', `/api/v1/payments/${id}/${verb}`, { method: 'POST', body, idempotencyKey }) };
  } catch (error) {
    if (error.status !== 402 && error.code !== 'cancel_failed') throw error;
    return { refused: error.message };
  }
};

const pendingWords = 'The outcome is not known yet; it appears here once it is.';

const approvedWords = {
  succeeded: 'Approved, and charged.',
  requires_capture: 'Approved, and authorized.',
  requires_action: 'Approved. Now the customer has to act.',
};

const noteField = () => field('Note', input('note', '', { maxlength: '500' }), 'Kept in the payment’s history. No personal details.');
const withNote = ({ note }) => (note ? { note } : {});

export const approve = ({ id, amount, currency }, done) =>
  confirmation({
    title: `Approve ${money(amount, currency)}?`,
    text: 'The payment is made at once.',
    fields: [noteField()],
    action: 'Approve',
    send: async (values, key) => {
      const { answer, refused } = await command(id, 'approve', withNote(values), key);
      if (refused) return { text: `Approved, but not paid: ${refused}`, tone: 'bad' };
      return { text: approvedWords[answer.status] ?? `Approved. ${pendingWords}`, tone: answer.status in approvedWords ? 'good' : 'busy' };
    },
    done,
  });

export const reject = ({ id, amount, currency }, done) =>
  confirmation({
    title: `Reject ${money(amount, currency)}?`,
    text: 'The payment is not made. The customer may try another way to pay.',
    fields: [noteField()],
    action: 'Reject',
    grave: true,
    send: async (values, key) => {
      await command(id, 'reject', withNote(values), key);
      return { text: 'Rejected: nothing was charged.' };
    },
    done,
  });

/** An amount in major units, all that is left unless somebody writes less. */
const amountField = (most, currency) =>
  field(`Amount in ${currency}`, input('amount', decimal(most, currency), { inputmode: 'decimal', autocomplete: 'off' }), `At most ${money(most, currency)}.`);

const amountOf = ({ amount: written }, currency) => {
  const amount = minorUnits(written, currency);
  if (amount) return amount;
  const message = `Write the amount like ${decimal(minorUnits('12', currency) ?? 0, currency)}, and more than nothing.`;
  throw Object.assign(new Error(message), { errors: [{ path: 'amount', message }] });
};

const captureTold = ({ refused }, text) => (refused ? { text: `Not captured: ${refused}`, tone: 'bad' } : { text });

export const capture = ({ id, amountCapturable, currency }, done) =>
  confirmation({
    title: 'Capture money?',
    text: `${money(amountCapturable, currency)} is authorized and not captured. Some providers take one capture only, and release the rest with it.`,
    fields: [amountField(amountCapturable, currency), tick('The last capture: release what it leaves', 'final')],
    action: 'Capture',
    send: async (values, key) => {
      const amount = amountOf(values, currency);
      const outcome = await command(id, 'capture', { amount, ...(values.final && { final: true }) }, key);
      return captureTold(outcome, `Captured, or under way: ${money(amount, currency)}.`);
    },
    done,
  });

const refundTold = ({ status, amount, currency, error }) => {
  if (status === 'succeeded') return { text: `Refunded: ${money(amount, currency)}.` };
  if (status === 'failed') return { text: `Not refunded: ${error?.message ?? 'the provider refused'}`, tone: 'bad' };
  return { text: `The refund of ${money(amount, currency)} is ${plain(status)}. ${pendingWords}`, tone: 'busy' };
};

export const refund = (payment, done) =>
  confirmation({
    title: 'Refund money?',
    text: 'The customer gets it back the way it came. It can’t be undone.',
    fields: [amountField(refundable(payment), payment.currency), field('Reason', input('reason', '', { maxlength: '500' }))],
    action: 'Refund',
    grave: true,
    send: async (values, key) => {
      const amount = amountOf(values, payment.currency);
      const { answer } = await command(payment.id, 'refund', { amount, ...(values.reason && { reason: values.reason }) }, key);
      return refundTold(answer);
    },
    done,
  });

export const cancel = ({ id, amountCaptured, amountRefunded }, done) =>
  confirmation({
    title: 'Cancel the payment?',
    text: 'What is authorized is released. It can’t be undone; to be paid after all, another payment is needed.',
    fields: amountCaptured > amountRefunded ? [tick('Give back what was captured, too', 'refundIfCaptured')] : [],
    action: 'Cancel the payment',
    grave: true,
    send: async (values, key) => {
      const { answer, refused } = await command(id, 'cancel', values.refundIfCaptured ? { refundIfCaptured: true } : {}, key);
      if (refused) return { text: `Not canceled: ${refused}`, tone: 'bad' };
      return answer.status === 'canceled' ? { text: 'Canceled.' } : { text: `Asked for. ${pendingWords}`, tone: 'busy' };
    },
    done,
  });

/** What is left to give back; refunds under way and disputes count, and failed ones don't, also those that the provider has undone. */
const refundable = ({ amountCaptured, amountDisputed, refunds }) =>
  refunds.filter(({ status }) => status !== 'failed').reduce((left, { amount }) => left - amount, amountCaptured - amountDisputed);

const cancelable = ['requires_payment_method', 'requires_action', 'in_review', 'requires_capture'];

/** Buttons for what a payment allows now. */
export const commandButtons = (payment, done) => {
  const button = (says, run, kind) => h('button', { type: 'button', class: kind, onclick: () => run(payment, done) }, says);
  return [
    payment.status === 'in_review' && button('Approve…', approve, 'primary'),
    payment.status === 'in_review' && button('Reject…', reject),
    payment.amountCapturable > 0 && button('Capture…', capture, 'primary'),
    refundable(payment) > 0 && button('Refund…', refund),
    cancelable.includes(payment.status) && button('Cancel…', cancel),
  ].filter(Boolean);
};
