import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type MessageTemplate, type TemplateContent, templateAggregate } from '../../domain/notification/template.ts';
import { codec } from '../event-store/codec.ts';
import { openHandler } from '../event-store/handle.ts';
import { memoryStore } from '../event-store/memory-store.ts';
import { openTail } from '../event-store/open-tail.ts';
import { inMemoryPersonalData } from '../personal-data/in-memory.ts';
import { openTemplates, type ReadyMade } from './stored-templates.ts';

const says = (text: string, layouts: Record<string, number> = {}): MessageTemplate => ({
  kind: 'message',
  category: 'orders',
  variables: { type: 'object' },
  locale: 'en',
  channels: { sms: { text } },
  locales: {},
  layouts,
});
const frame = (html: string): TemplateContent => ({ kind: 'layout', locale: 'en', frame: { html, text: '' }, locales: {} });
const readyMade: ReadyMade = new Map([
  ['receipt', { version: 1, content: says('Thank you') }],
  ['layout:plain', { version: 1, content: frame('<p>') }],
]);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const log = () => {
  const store = memoryStore();
  /** One more process on the same store. */
  const process = async () => {
    const events = codec({ catalogues: [templateAggregate.catalogue], personalData: inMemoryPersonalData() });
    const tail = openTail({ store, codec: events, quietMs: 1 });
    const handler = openHandler(templateAggregate, { store, codec: events, tail });
    const reads = { load: vi.fn(handler.load), history: vi.fn(handler.history) };
    const templates = await openTemplates({ templates: reads, tail, readyMade });
    closing.push(tail.close, templates.stop);
    const publish = async (key: string, content: TemplateContent) => {
      const command = { type: 'Publish' as const, content, replacing: null, readyMade: readyMade.get(key) ?? null };
      const context = { commandId: randomUUID(), actor: 'test', correlationId: 'c', causationId: 'c' };
      const published = await handler.handle(key, command, context);
      const handled = 'rejected' in published ? await handler.handle(key, { ...command, type: 'Create' }, context) : published;
      if ('rejected' in handled) throw new Error(handled.rejected);
    };
    const text = async (key: string, version?: number) =>
      (await (version === undefined ? templates.latest(key) : templates.version(key, version)))?.channels.sms?.text;
    return { templates, publish, text, reads: () => reads.load.mock.calls.length + reads.history.mock.calls.length };
  };
  return { process };
};

describe('templates in the log', () => {
  it('are known in every process, the newest and all before it', async () => {
    const { process } = log();
    const [here, there] = [await process(), await process()];
    await here.publish('hello', says('one'));
    expect(await there.text('hello')).toBe('one');
    await here.publish('hello', says('two'));
    await expect.poll(() => there.text('hello')).toBe('two');
    expect(await there.text('hello', 1)).toBe('one');
    expect(await there.text('hello', 3)).toBeUndefined();
    expect((await (await process()).templates.version('hello', 1))?.channels.sms?.text).toBe('one');
  });

  it('are read once, and not at all where the tail has told of them', async () => {
    const { process } = log();
    const [here, there] = [await process(), await process()];
    await here.publish('hello', says('one'));
    await expect.poll(() => there.templates.version('hello', 1)).toBeDefined();
    await there.text('hello');
    const before = there.reads();
    for (let n = 0; n < 50; n += 1) {
      await there.text('hello');
      await there.text('hello', 1);
      await there.text('receipt');
      await there.text('receipt', 1);
      await there.text('nobody');
    }
    // One look each for whether somebody has published under the other two keys.
    expect(there.reads()).toBe(before + 2);
    expect(await there.templates.latest('hello')).toBe(await there.templates.version('hello', 1));
  });

  it('go before those that come with the service', async () => {
    const { process } = log();
    const { publish, text, templates } = await process();
    expect(await text('receipt')).toBe('Thank you');
    await publish('receipt', says('Thanks'));
    await expect.poll(() => text('receipt')).toBe('Thanks');
    expect(await text('receipt', 1)).toBe('Thank you');
    expect(await text('receipt', 2)).toBe('Thanks');
    expect(await templates.latest('nobody')).toBeUndefined();
    expect(await templates.latest('layout:plain')).toBeUndefined();
    expect(await templates.version('layout:plain', 1)).toBeUndefined();
  });

  it('come with the layouts that they were published with', async () => {
    const { process } = log();
    const { publish, templates } = await process();
    await publish('layout:plain', frame('<b>'));
    await publish('old', says('x', { plain: 1 }));
    await publish('new', says('x', { plain: 2 }));
    expect((await templates.latest('old'))?.layouts).toMatchObject({ plain: { frame: { html: '<p>' } } });
    expect((await templates.latest('new'))?.layouts).toMatchObject({ plain: { frame: { html: '<b>' } } });
    expect((await templates.compose('draft', says('x', { plain: 2 }))).layouts).toMatchObject({ plain: { frame: { html: '<b>' } } });
    await expect(templates.compose('draft', says('x', { plain: 9 }))).rejects.toThrow('version 9 of the layout plain is gone');
  });
});
