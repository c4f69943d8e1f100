import { expect, it } from 'vitest';
import type { TemplateContent, TemplateEvent } from '../../domain/notification/template.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { type TemplateListItem, templateList } from './templates.ts';

const message = (category: string): TemplateContent => ({
  kind: 'message',
  category,
  variables: {},
  locale: 'en',
  locales: { de: {} },
  channels: { sms: { text: 'x' }, email: { subject: 's', html: 'h', text: 't', layout: 'brand' } },
  layouts: { brand: 3 },
});
const log = memoryLog();
const event = (key: string, version: number, content: TemplateContent) =>
  log.append<TemplateEvent>(`template-${key}`, { type: 'TemplatePublished', data: { version, content } });
const fold = (events: readonly Recorded<TemplateEvent>[]) =>
  events.reduce<TemplateListItem | undefined>((item, one) => templateList.evolve(item, one, one.streamId), undefined);

it('shows the newest version of a template, and when it began', () => {
  const [first, second] = [event('parcel', 1, message('orders')), event('parcel', 2, message('parcels'))];
  const shown = {
    kind: 'message',
    key: 'parcel',
    version: 2,
    category: 'parcels',
    channels: ['sms', 'email'],
    locale: 'en',
    locales: ['de'],
    layouts: { brand: 3 },
  };
  expect(fold([first, second])).toEqual({ ...shown, createdAt: first.at, updatedAt: second.at });
  expect(fold([first, second, first, second])).toEqual(fold([first, second]));
  expect(templateList.ids(first)).toEqual(['parcel']);
});

it('shows layouts by their names', () =>
  expect(fold([event('layout:brand', 1, { kind: 'layout', locale: 'en', frame: { html: '', text: '' }, locales: {} })])).toMatchObject({
    kind: 'layout',
    key: 'brand',
    category: null,
    channels: ['email'],
  }));
