import { h } from './elements.js';
import { choice, field, input } from './fields.js';

// What each channel says: its fields, in the order in which they are read.
const fieldsOf = {
  email: [
    ['subject', 'Subject', 'line'],
    ['preheader', 'Preheader', 'line'],
    ['layout', 'Layout', 'layout'],
    ['html', 'HTML', 'code'],
    ['text', 'Plain text', 'code'],
  ],
  sms: [['text', 'Text', 'text']],
  push: [
    ['title', 'Title', 'line'],
    ['body', 'Body', 'text'],
    ['url', 'Link', 'line'],
    ['data', 'Data for the app (JSON)', 'json'],
  ],
  in_app: [
    ['title', 'Title', 'line'],
    ['body', 'Body', 'text'],
    ['url', 'Link', 'line'],
  ],
  chat: [
    ['text', 'Text', 'text'],
    ['title', 'Title', 'line'],
    ['url', 'Link', 'line'],
    ['blocks', 'Slack’s blocks (JSON)', 'json'],
  ],
  webhook: [
    ['type', 'Type of event', 'line'],
    ['payload', 'Payload (JSON)', 'json'],
  ],
};
export const channelNames = Object.keys(fieldsOf);

/** What a channel begins with. */
export const beginnings = {
  email: { subject: 'Hello', layout: 'standard', html: '<p>Hello</p>', text: 'Hello' },
  sms: { text: 'Hello' },
  push: { title: 'Hello', body: '…' },
  in_app: { title: 'Hello', body: '…' },
  chat: { text: 'Hello' },
  webhook: { payload: {} },
};

export const area = (name, value, rows, attributes = {}) => h('textarea', { id: `field-${name}`, name, rows, spellcheck: 'false', value, ...attributes });

/**
 * The fields of one channel, under their paths in the template (`channels.email.html`), so that what is wrong can be shown at its field.
 * `change` gets the channel's words after each keystroke; a JSON field that can't be read keeps what it had.
 */
export const channelFields = (channel, path, words, { layouts, change }) => {
  let current = { ...words };
  const set = (name, value) => {
    const { [name]: _, ...others } = current;
    current = value === undefined ? others : { ...others, [name]: value };
    change(current);
  };
  return fieldsOf[channel].map(([name, label, kind]) => {
    const control = controls[kind](`${path}.${name}`, current[name], layouts);
    control.addEventListener('input', () => {
      if (kind !== 'json') return set(name, isOptional(channel, name) && control.value === '' ? undefined : control.value);
      const { value, wrong } = readJson(control.value);
      control.setAttribute('aria-invalid', String(wrong));
      return wrong ? undefined : set(name, value);
    });
    return field(label, control);
  });
};

const required = {
  email: ['subject', 'html', 'text'],
  sms: ['text'],
  push: ['title', 'body'],
  in_app: ['title', 'body'],
  chat: ['text'],
  webhook: ['payload'],
};
const isOptional = (channel, name) => !required[channel].includes(name);

const controls = {
  line: (name, value) => input(name, value ?? ''),
  text: (name, value) => area(name, value ?? '', 4),
  code: (name, value) => area(name, value ?? '', 12, { class: 'code' }),
  json: (name, value) => area(name, value === undefined ? '' : JSON.stringify(value, null, 2), 6, { class: 'code' }),
  layout: (name, value, layouts) => choice(name, [['', 'None'], ...layouts.map((one) => [one, one])], value ?? ''),
};

/** Nothing at all is no JSON, and no mistake either. */
export const readJson = (text) => {
  if (text.trim() === '') return { value: undefined, wrong: false };
  try {
    return { value: JSON.parse(text), wrong: false };
  } catch {
    return { value: undefined, wrong: true };
  }
};
