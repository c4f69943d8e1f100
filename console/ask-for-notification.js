import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { h, plain } from './elements.js';
import { field, input, tick } from './fields.js';
import { sampleOf } from './sample-data.js';
import { area, channelNames, readJson } from './template-fields.js';

const look = (path) => ask('notification', `/api/v1/templates${path}`);

/** A notification by a template, to a user or an address; it leads to the notification's page. */
export const askDialog = () => {
  const template = input('template', '', { id: 'ask-template', list: 'ask-templates', autocomplete: 'off' });
  const data = area('data', '{}', 5, { class: 'code' });
  template.addEventListener('change', () => bringSample(template, data));
  confirmation({
    title: 'Ask for a notification',
    text: 'To a user, to an address, or to a user at another address. Preferences, quiet hours and limits hold.',
    fields: [
      field('User', input('userId', '', { id: 'ask-user', autocomplete: 'off', placeholder: 'your id of the user' })),
      h(
        'div',
        { class: 'pair' },
        field('E-mail', input('to.email', '', { inputmode: 'email', autocomplete: 'off' })),
        field('Phone', input('to.phone', '', { inputmode: 'tel', autocomplete: 'off', placeholder: '+441632960961' })),
      ),
      field('Template', template),
      templateNames(),
      field('Data (JSON)', data, 'A template brings data that fits it.'),
      channelTicks(),
      field('Send at', input('sendAt', '', { type: 'datetime-local' }), 'In your own time zone; empty: at once.'),
    ],
    action: 'Send it',
    send: (values, idempotencyKey) => ask('notification', '/api/v1/notifications', { method: 'POST', body: asked(values), idempotencyKey }),
    done: ({ id }) => {
      location.hash = `#/notifications/${id}`;
    },
  });
};

/** Who may not read templates types the name: what is wrong with it is said when it is sent. */
const templateNames = () => {
  const names = h('datalist', { id: 'ask-templates' });
  look(query({ limit: 100 })).then(
    ({ data }) => names.append(...data.map(({ key }) => h('option', { value: key }))),
    () => {},
  );
  return names;
};

const bringSample = async (template, data) => {
  const chosen = template.value;
  const { variables } = await look(`/${encodeURIComponent(chosen)}`).catch(() => ({}));
  if (variables && template.value === chosen) data.value = JSON.stringify(sampleOf(variables), null, 2);
};

const channelTicks = () =>
  h(
    'fieldset',
    { class: 'ticks', 'aria-describedby': 'ask-channels' },
    h('legend', {}, 'Channels'),
    ...channelNames.map((one) => tick(plain(one), `channel-${one}`)),
    h('p', { class: 'quiet small', id: 'ask-channels' }, 'None: all that have words and an address.'),
  );

const asked = ({ userId, template, data, sendAt, 'to.email': email, 'to.phone': phone, ...ticks }) => {
  const { value, wrong } = readJson(data);
  if (wrong) throw Object.assign(new Error('The data is no JSON.'), { errors: [{ path: 'data', message: 'The data is no JSON.' }] });
  const to = { ...(email && { email }), ...(phone && { phone }) };
  const channels = channelNames.filter((one) => `channel-${one}` in ticks);
  return {
    ...(userId && { userId }),
    ...(Object.keys(to).length > 0 && { to }),
    ...(template && { template }),
    ...(value && { data: value }),
    ...(channels.length > 0 && { channels }),
    ...(sendAt && { sendAt: new Date(sendAt).toISOString() }),
  };
};
