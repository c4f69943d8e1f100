import { Type } from 'typebox';
import { fixedTemplates, type Template } from '../../../platform/templates/template.ts';

const words = '{% if items %}{% for item in items %}[{{ item.marker }}]{% endfor %}{% else %}[{{ marker }}]{% endif %}';
// What was given as ready content has its marker in its words.
const gathered = '{% for item in items %}{{ item.body }}{% endfor %}';

const saying = (text: string): Template['channels'] => ({
  email: { subject: 'News', html: `<p>${text}</p>`, text },
  sms: { text },
  push: { title: 'News', body: text },
  in_app: { title: 'News', body: text },
  chat: { text },
  webhook: { type: 'news', payload: { text } },
});

const template = (key: string, text: string, variables: Template['variables']): Template => ({
  ...{ key, version: 1, category: 'news', variables, locale: 'en', locales: {}, channels: saying(text) },
  digest: digestTerms,
});

export const digestTerms = { windowSeconds: 600, cap: 3 };
const items = Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown())));
const some = { items, count: Type.Optional(Type.Integer()), more: Type.Optional(Type.Integer()) };

export const templates = fixedTemplates([
  template('note', words, Type.Object({ marker: Type.String(), ...some })),
  template('digest', gathered, Type.Object(some)),
]);
