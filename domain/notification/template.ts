// A template in all its versions: one stream a template, one event a version. What was sent names the version that it was made from, so
// that a version never changes.
import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';
import { sameJson } from '../same-json.ts';

/**
 * Liquid sources by channel. Output is HTML-escaped in `html`, escaped for Slack in `blocks`, and as it is elsewhere: subjects and plain
 * text are no HTML. In `blocks` and `payload` each string is a source; one that is nothing but an output keeps the type of its value.
 */
export type TemplateChannels = {
  /** `preheader`: what mail readers show beside the subject; `layout`: the name of the layout that goes around. */
  email?: { subject: string; html: string; text: string; preheader?: string; layout?: string };
  sms?: { text: string };
  push?: { title: string; body: string; url?: string; data?: Readonly<Record<string, string>>; collapseKey?: string; ttlSeconds?: number };
  in_app?: { title: string; body: string; url?: string };
  chat?: { text: string; title?: string; url?: string; blocks?: readonly unknown[] };
  /** `type`: what happened, as `order.shipped`; the template's key where it isn't given. */
  webhook?: { type?: string; payload: unknown };
};

/** What a message says. Languages are BCP 47 tags; `locale` is that of `channels`. */
export type MessageTemplate = {
  kind: 'message';
  category: string;
  /** JSON Schema of the variables. */
  variables: Readonly<Record<string, unknown>>;
  locale: string;
  channels: TemplateChannels;
  locales: Readonly<Record<string, TemplateChannels>>;
  digest?: { windowSeconds: number; cap: number };
  /** The version of each layout that is used, fixed when this version was published. */
  layouts: Readonly<Record<string, number>>;
};

/** What goes around an e-mail's own words, which stand where it says `{{ content }}`. */
export type EmailFrame = { html: string; text: string };
export type LayoutTemplate = { kind: 'layout'; locale: string; frame: EmailFrame; locales: Readonly<Record<string, EmailFrame>> };

export type TemplateContent = MessageTemplate | LayoutTemplate;

/** Layouts have keys of their own: a template may be called as one. */
const layoutPrefix = 'layout:';
export const layoutKey = (name: string): string => `${layoutPrefix}${name}`;
export const isLayoutKey = (key: string): boolean => key.startsWith(layoutPrefix);
export const layoutName = (key: string): string => key.slice(layoutPrefix.length);

/** Versions count from 1. */
export type TemplateVersion = { version: number; content: TemplateContent };
export type TemplateEvent = { type: 'TemplatePublished'; data: TemplateVersion };

/** Null until one was published. */
export type PublishedTemplate = TemplateVersion | null;

/** `readyMade`: the version that comes with the service under this key, which is the present one until somebody publishes. */
export type TemplateCommand =
  | { type: 'Create'; content: TemplateContent; readyMade: PublishedTemplate }
  /** `replacing`: the version that the author had before them; null replaces whatever is there. */
  | { type: 'Publish'; content: TemplateContent; replacing: number | null; readyMade: PublishedTemplate };

export type TemplateRejection = 'template_exists' | 'template_not_found' | 'template_changed';

const decide = (command: TemplateCommand, published: PublishedTemplate): Decision<TemplateEvent, TemplateRejection> => {
  const present = published ?? command.readyMade;
  switch (command.type) {
    case 'Create':
      return present ? reject('template_exists') : publish(command.content, 1);
    case 'Publish':
      if (!present) return reject('template_not_found');
      if (published && sameJson(command.content, published.content)) return accept();
      if (command.replacing !== null && command.replacing !== present.version) return reject('template_changed');
      return publish(command.content, present.version + 1);
  }
};

const publish = (content: TemplateContent, version: number) => accept<TemplateEvent>({ type: 'TemplatePublished', data: { version, content } });

export const template: Decider<PublishedTemplate, TemplateCommand, TemplateEvent, TemplateRejection> = {
  initialState: null,
  decide,
  evolve: (_, { data }) => data,
};

export const templateCatalogue: EventCatalogue<TemplateEvent> = { TemplatePublished: {} };

/** What the write side needs to know of templates. */
export const templateAggregate = { category: 'template', decider: template, catalogue: templateCatalogue };
