import type { TSchema } from 'typebox';

/**
 * Liquid sources by channel. Output is HTML-escaped in `html`, escaped for Slack in `blocks`, and as it is elsewhere: subjects and plain
 * text are no HTML. In `blocks` and `payload` each string is a source; one that is nothing but an output keeps the type of its value.
 */
export type TemplateChannels = {
  email?: { subject: string; html: string; text: string };
  sms?: { text: string };
  push?: { title: string; body: string; url?: string; data?: Readonly<Record<string, string>> };
  in_app?: { title: string; body: string; url?: string };
  chat?: { text: string; title?: string; url?: string; blocks?: readonly unknown[] };
  /** `type`: what happened, as `order.shipped`; the template's key where it isn't given. */
  webhook?: { type?: string; payload: unknown };
};

/** One version of a template, never changed: what was sent with it can be rendered again. */
export type Template = {
  key: string;
  version: number;
  category: string;
  /** JSON Schema of the variables; what is required and missing, or unknown, is refused when the notification is asked for. */
  variables: TSchema;
  /** The language of `channels`. */
  locale: string;
  channels: TemplateChannels;
  /** Other languages, by BCP 47 tag; a channel that isn't there falls back. */
  locales: Readonly<Record<string, TemplateChannels>>;
  /** Notifications with a `digestKey` are gathered for `windowSeconds`, at most `cap` of them, and sent as one. */
  digest?: { windowSeconds: number; cap: number };
};

export type Templates = {
  /** The newest version; undefined where there is no such template. */
  latest: (key: string) => Promise<Template | undefined>;
  version: (key: string, version: number) => Promise<Template | undefined>;
};

/** Templates known from the start. */
export const fixedTemplates = (templates: readonly Template[]): Templates => {
  const versions = (key: string) => templates.filter((one) => one.key === key).sort((a, b) => b.version - a.version);
  return {
    latest: async (key) => versions(key)[0],
    version: async (key, version) => versions(key).find((one) => one.version === version),
  };
};

/** The texts in the language asked for, or its main language (`de-AT` → `de`), or the template's own, and which it is. */
export const localized = ({ locale, locales, channels }: Template, asked: string): { locale: string; channels: TemplateChannels } => {
  const found = [asked, asked.split('-')[0] ?? asked].find((tag) => tag === locale || Object.hasOwn(locales, tag));
  return found === undefined || found === locale ? { locale, channels } : { locale: found, channels: { ...channels, ...locales[found] } };
};
