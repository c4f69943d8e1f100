import { isLayoutKey, layoutName, type TemplateContent, type TemplateEvent, templateCatalogue } from '../../domain/notification/template.ts';
import type { Projection } from '../projection.ts';

/** What a list shows of a template or layout, as its newest version has it. */
export type TemplateListItem = {
  kind: 'message' | 'layout';
  /** Without what tells a layout's key from a template's. */
  key: string;
  version: number;
  /** Null for a layout. */
  category: string | null;
  channels: readonly string[];
  locale: string;
  /** Other languages. */
  locales: readonly string[];
  /** The layouts that it uses, and in which version. */
  layouts: Readonly<Record<string, number>>;
  createdAt: string;
  updatedAt: string;
};

/** Also of what comes with the service, and that nobody has published. */
export const templateListItem = (
  key: string,
  version: number,
  content: TemplateContent,
  times: { createdAt: string; updatedAt: string },
): TemplateListItem => ({
  kind: content.kind,
  key: isLayoutKey(key) ? layoutName(key) : key,
  version,
  category: content.kind === 'message' ? content.category : null,
  channels: content.kind === 'message' ? Object.keys(content.channels) : ['email'],
  locale: content.locale,
  locales: Object.keys(content.locales),
  layouts: content.kind === 'message' ? content.layouts : {},
  ...times,
});

/** One row a template, for lists. */
export const templateList: Projection<TemplateEvent, TemplateListItem> = {
  name: 'template-list',
  version: 1,
  store: 'postgres',
  indexes: { kind: 'text', key: 'text', category: 'text', updatedAt: 'time' },
  handles: Object.keys(templateCatalogue) as TemplateEvent['type'][],
  ids: ({ streamId }) => [streamId],
  evolve: (before, { streamId, at, data: { version, content } }) =>
    before && before.version >= version ? before : templateListItem(streamId, version, content, { createdAt: before?.createdAt ?? at, updatedAt: at }),
};
