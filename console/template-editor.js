import { confirmation } from './dialog.js';
import { h, plain } from './elements.js';
import { choice, field, input } from './fields.js';
import { tabs } from './tabs.js';
import { area, beginnings, channelFields, channelNames, readJson } from './template-fields.js';

/**
 * A template to be changed. `draft`: as it is now, as it can be published; `place`: the channel and language at hand; `mark`: shows errors
 * at their fields. `changed` is called after each keystroke, `moved` when another channel or language is looked at.
 */
export const templateEditor = (template, { layouts, changed, moved }) => {
  const { key: _, version: __, publishedAt: ___, layouts: ____, ...content } = template;
  let draft = structuredClone(content);
  let locale = template.locale;
  let channel = Object.keys(template.channels)[0] ?? 'email';
  const words = h('div', {});

  const set = (change) => {
    draft = { ...draft, ...change };
    changed();
  };
  const isOwn = () => locale === draft.locale;
  const sources = () => (isOwn() ? draft.channels : (draft.locales[locale] ?? {}));
  const setSource = (name, source) => {
    const { [name]: _, ...others } = sources();
    const next = source === undefined ? others : { ...others, [name]: source };
    set(isOwn() ? { channels: next } : { locales: { ...draft.locales, [locale]: next } });
  };
  const replace = (name, source) => {
    setSource(name, source);
    show();
  };
  const path = () => (isOwn() ? 'channels' : `locales.${locale}`);

  const channelView = (name) => () => {
    channel = name;
    const source = sources()[name];
    if (source) {
      const remove = h('button', { type: 'button', onclick: () => replace(name, undefined) }, isOwn() ? 'Say nothing here' : 'Do not translate');
      return [
        ...channelFields(name, `${path()}.${name}`, source, { layouts, change: (next) => setSource(name, next) }),
        h('div', { class: 'actions' }, (!isOwn() || Object.keys(draft.channels).length > 1) && remove),
      ];
    }
    const begun = isOwn() ? beginnings[name] : draft.channels[name];
    const text = isOwn()
      ? `Nothing is said by ${plain(name)}.`
      : begun
        ? `Not translated: ${draft.locale} is said instead.`
        : `Nothing is said by ${plain(name)} in ${draft.locale} either.`;
    const begin = h('button', { type: 'button', onclick: () => replace(name, structuredClone(begun)) }, isOwn() ? 'Say something' : 'Translate');
    return [h('p', { class: 'quiet' }, text), begun && h('div', { class: 'actions' }, begin)].filter(Boolean);
  };
  const show = () => {
    const views = channelNames.map((name) => [plain(name), channelView(name)]);
    const look = (index) => {
      channel = channelNames[index];
      moved();
    };
    words.replaceChildren(...tabs('Channels', views, { id: 'channel', chosen: channelNames.indexOf(channel), onselect: look }));
  };

  const languages = h('div', { class: 'actions' });
  const showLanguages = () => {
    const known = [draft.locale, ...Object.keys(draft.locales)];
    const select = choice(
      'language',
      known.map((tag) => [tag, tag === draft.locale ? `${tag} (own)` : tag]),
      locale,
      { 'aria-label': 'Language' },
    ); // prettier-ignore
    select.addEventListener('change', () => {
      locale = select.value;
      show();
    });
    const add = (tag) => {
      set({ locales: { ...draft.locales, [tag]: draft.locales[tag] ?? {} } });
      locale = tag;
      showLanguages();
      show();
    };
    languages.replaceChildren(select, h('button', { type: 'button', onclick: () => languageDialog(add) }, 'Add a language…'));
  };

  const section = h(
    'section',
    { class: 'card editor', 'aria-label': 'Words' },
    h('div', { class: 'title' }, h('h2', {}, 'Words'), languages),
    words,
    settings(draft, set),
  );
  queueMicrotask(() => {
    showLanguages();
    show();
  });
  return { content: section, draft: () => draft, place: () => ({ locale, channel }), mark: (errors) => mark(section, errors) };
};

const languageDialog = (add) =>
  confirmation({
    title: 'Add a language',
    text: 'What is not translated is said in the template’s own language.',
    fields: [field('Language', input('tag', '', { placeholder: 'de', pattern: '[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}' }), 'As de, or de-AT.')],
    action: 'Add it',
    send: async ({ tag }) => {
      if (/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(tag)) return tag;
      throw Object.assign(new Error('That is no language.'), { errors: [{ path: 'tag', message: 'must be a tag as de, or de-AT' }] });
    },
    done: add,
  });

/** What is the same in every language and on every channel. */
const settings = (draft, set) => {
  const category = input('category', draft.category, { id: 'template-category' });
  category.addEventListener('input', () => set({ category: category.value }));
  const variables = area('variables', JSON.stringify(draft.variables, null, 2), 10, { class: 'code' });
  variables.addEventListener('input', () => {
    const { value, wrong } = readJson(variables.value);
    variables.setAttribute('aria-invalid', String(wrong));
    if (!wrong) set({ variables: value });
  });
  return h(
    'details',
    { class: 'settings' },
    h('summary', {}, 'Category and variables'),
    field('Category', category),
    field('Variables (JSON Schema)', variables),
  );
};

/** Errors name paths below those of the fields too: `channels.chat.blocks.0.text` is at the field of the blocks. */
const mark = (editor, errors) => {
  for (const control of editor.querySelectorAll('input, textarea, select')) {
    const at = (path) => path === control.name || path.startsWith(`${control.name}.`);
    control.setAttribute('aria-invalid', String(control.name !== '' && errors.some(({ path }) => at(path.replace(/^draft\./, '')))));
  }
};
