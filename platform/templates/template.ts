import type { TSchema } from 'typebox';
import type { LayoutTemplate, MessageTemplate } from '../../domain/notification/template.ts';

export type { TemplateChannels } from '../../domain/notification/template.ts';

/** One version of a layout: what goes around the words of many e-mails. */
export type Layout = Omit<LayoutTemplate, 'kind'>;

/** One version of a template, never changed: what was sent with it can be rendered again. */
export type Template = Omit<MessageTemplate, 'kind' | 'variables' | 'layouts'> & {
  key: string;
  version: number;
  /** JSON Schema of the variables; what is required and missing, or unknown, is refused when the notification is asked for. */
  variables: TSchema;
  /** The layouts that its e-mails name, in the versions that were the newest when it was published. */
  layouts?: Readonly<Record<string, Layout>>;
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

/** Of the languages that there are, the one asked for, or its main one (`de-AT` → `de`), or else the own. Case doesn't matter (RFC 5646). */
export const bestLocale = (own: string, others: Readonly<Record<string, unknown>>, asked: string): string => {
  const there = [own, ...Object.keys(others)];
  const find = (tag: string | undefined) => there.find((one) => one.toLowerCase() === tag?.toLowerCase());
  return find(asked) ?? find(asked.split('-')[0]) ?? own;
};

/** The texts in the best language there is, and which that is; a channel that isn't translated stays as it is. */
export const localized = ({ locale: own, locales, channels }: Template, asked: string): { locale: string; channels: Template['channels'] } => {
  const locale = bestLocale(own, locales, asked);
  return locale === own ? { locale, channels } : { locale, channels: { ...channels, ...locales[locale] } };
};
