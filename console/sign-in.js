import { remember } from './api.js';
import { h } from './elements.js';

/** Asks for the API key, once a browser session, and keeps it only if the server knows it. */
export const signInPage = ({ ask, onKnown }) => {
  const input = h('input', {
    id: 'key',
    name: 'key',
    type: 'password',
    autocomplete: 'off',
    required: true,
    spellcheck: 'false',
    'aria-describedby': 'key-hint key-error',
  });
  const error = h('p', { id: 'key-error', class: 'error', role: 'alert' });
  const button = h('button', { class: 'primary' }, 'Open the console');

  const submit = async (event) => {
    event.preventDefault();
    const credential = input.value.trim();
    button.disabled = true;
    error.textContent = '';
    try {
      await ask('payment', '/api/v1/payments?limit=1', { credential });
      remember(credential);
      onKnown();
    } catch (problem) {
      error.textContent = problem.status === 401 ? 'This key is not known here.' : problem.message;
      input.setAttribute('aria-invalid', 'true');
      input.focus();
    } finally {
      button.disabled = false;
    }
  };

  const content = h(
    'form',
    { class: 'card sign-in', onsubmit: submit },
    h('h1', {}, 'Sign in'),
    h('label', { for: 'key' }, 'API key'),
    input,
    h(
      'p',
      { id: 'key-hint', class: 'quiet' },
      'It is kept in this tab only. The first start wrote one to the file ',
      h('code', {}, 'api-key'),
      ' in the data directory.',
    ),
    error,
    button,
  );
  queueMicrotask(() => input.focus());
  return { content };
};
