import { failure, h } from './elements.js';
import { valuesOf } from './fields.js';

/** Printable, random, and made without what browsers keep for HTTPS. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Asks once more before something is done. `send` gets what the fields hold and the idempotency key of this dialog, so that pressing twice, or
 * again after a lost answer, does it once; what it returns goes to `done`. What goes wrong is said in the dialog, which stays.
 */
export const confirmation = ({ title, text, fields = [], action, grave = false, send, done }) => {
  const idempotencyKey = newKey();
  const trouble = h('div', {});
  const confirm = h('button', { class: grave ? 'primary grave' : 'primary' }, action);
  const form = h(
    'form',
    { novalidate: true },
    h('h2', { id: 'dialog-title' }, title),
    h('p', { id: 'dialog-text', class: 'quiet' }, text),
    ...fields,
    trouble,
    h('div', { class: 'actions' }, h('button', { type: 'button', onclick: () => !isBusy() && dialog.close() }, 'Not now'), confirm),
  );
  const dialog = h('dialog', { class: 'card', 'aria-labelledby': 'dialog-title', 'aria-describedby': 'dialog-text' }, form);
  const isBusy = () => confirm.disabled;
  const setBusy = (busy) => {
    if (busy) dialog.setAttribute('aria-busy', 'true');
    else dialog.removeAttribute('aria-busy');
    confirm.disabled = busy;
    confirm.textContent = busy ? 'Working…' : action;
  };
  const carryOut = async () => {
    setBusy(true);
    trouble.replaceChildren();
    try {
      const result = await send(valuesOf(form), idempotencyKey);
      dialog.close();
      done(result);
    } catch (error) {
      if (error.status === 401) window.dispatchEvent(new Event('console-unauthenticated'));
      trouble.replaceChildren(failure(error.code === 'idempotency_key_reused' ? sentBefore : error));
      pointAt(form, error);
    } finally {
      setBusy(false);
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    carryOut();
  });
  // Its outcome is to be seen.
  dialog.addEventListener('cancel', (event) => isBusy() && event.preventDefault());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
};

/** What was sent first may have been done, though its answer was lost. */
const sentBefore = new Error('This was sent before, with other values. Put those back to learn what came of it, or close this and look.');

/** Marks the fields at fault, and goes to the first of them. */
const pointAt = (form, { errors = [] }) => {
  const controls = [...form.elements].filter(({ name }) => name !== '');
  const wrong = controls.filter(({ name }) => errors.some(({ path }) => path === name || path.startsWith(`${name}.`)));
  for (const control of controls) control.setAttribute('aria-invalid', String(wrong.includes(control)));
  wrong[0]?.focus();
};
