/** An element with its attributes, listeners (`onclick`) and children; text is always text, never markup. */
export const h = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'value' || key === 'checked' || key === 'max') element[key] = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
};

/** Tells who can't see the page that something on it has changed. */
export const announce = (text) => {
  document.querySelector('#announcement').textContent = text;
};

export const loading = (what) => h('p', { class: 'quiet pad', 'aria-busy': 'true' }, `Loading ${what}…`);

export const empty = (title, hint) => h('div', { class: 'empty' }, h('p', { class: 'strong' }, title), h('p', { class: 'quiet' }, hint));

/** What went wrong, in the server's words, with a way to try again. */
export const failure = (error, retry) =>
  h(
    'div',
    { class: 'card failure', role: 'alert' },
    h('p', { class: 'strong' }, error.message),
    faults(error),
    error.traceId && h('p', { class: 'quiet' }, 'Trace ', h('code', {}, error.traceId)),
    retry && h('button', { type: 'button', onclick: retry }, 'Try again'),
  );

/** Which fields are at fault, by their paths, where the error says so. */
const faults = ({ message, errors = [] }) =>
  errors.length > 0 &&
  h('ul', { class: 'faults' }, ...errors.map((one) => h('li', {}, 'At ', h('code', {}, one.path), one.message === message ? '' : `: ${one.message}`)));

/** A status as a pill: the word says it, the colour repeats it. */
export const pill = (status, tone = tones[status] ?? 'idle') => h('span', { class: `pill ${tone}` }, plain(status));

/** `insufficient_funds` → `insufficient funds`. */
export const plain = (code) => String(code).replaceAll('_', ' ');

const tones = {
  succeeded: 'good',
  delivered: 'good',
  authorized: 'good',
  won: 'good',
  verified: 'good',
  live: 'good',
  allow: 'good',
  completed: 'good',
  sent: 'good',
  opened: 'good',
  clicked: 'good',
  resolved: 'good',
  ok: 'good',
  concluded: 'good',
  processing: 'busy',
  pending: 'busy',
  started: 'busy',
  queued: 'busy',
  connecting: 'busy',
  requested: 'busy',
  running: 'busy',
  scheduled: 'busy',
  requires_action: 'wait',
  in_review: 'wait',
  requires_capture: 'wait',
  unknown: 'wait',
  reconnecting: 'wait',
  delayed: 'wait',
  open: 'wait',
  inquiry: 'wait',
  review: 'wait',
  half_open: 'wait',
  different: 'wait',
  declined: 'bad',
  failed: 'bad',
  lost: 'bad',
  bounced: 'bad',
  complained: 'bad',
  unsubscribed: 'bad',
  not_sent: 'bad',
  broken: 'bad',
  block: 'bad',
  missing: 'bad',
  extra: 'bad',
  contradiction: 'bad',
  refund_failed: 'bad',
  reversed: 'bad',
  misconfigured: 'bad',
  unreachable: 'bad',
}; // prettier-ignore

const moments = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });
export const time = (at) => h('time', { datetime: at, title: at }, at ? moments.format(new Date(at)) : '—');

/** `PaymentAuthorized` → `Payment authorized`. */
export const inWords = (type) => {
  const words = type.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** A long id, short on the page, whole to copy. */
export const copyable = (text) =>
  h(
    'button',
    {
      type: 'button',
      class: 'copy',
      title: 'Copy',
      'aria-label': `Copy ${text}`,
      onclick: async () => {
        await navigator.clipboard.writeText(text);
        announce('Copied');
      },
    },
    h('code', {}, text),
  );
