import { describe, expect, it } from 'vitest';
import { assign } from '../../domain/notification/experiment/assignment.ts';
import { experiment, experiment3 } from '../../domain/notification/experiment/examples.ts';
import { noExperiments, type RunningExperiments } from '../../domain/notification/experiment/running.ts';
import { type Asking, chooseTemplate, recipientKeyOf } from './choose-template.ts';
import { fixedTemplates, type Template } from './template.ts';

const version = (number: number): Template => ({
  key: 'payment_receipt',
  version: number,
  category: 'payments',
  variables: {},
  locale: 'en',
  channels: {},
  locales: {},
});
const templates = fixedTemplates([1, 2, 3, 4].map(version));
const asking: Asking = { userId: 'u1', to: {}, priority: 'normal', at: '2026-06-01T10:00:00.000Z' };
const recipientId = (key: string) => `id of ${key}`;
const chosen = async (experiments: RunningExperiments, change: Partial<Asking> = {}, key = 'payment_receipt') => {
  const found = await chooseTemplate({ templates, experiments, recipientId })(key, { ...asking, ...change });
  return found && { version: found.template.version, ...(found.experiment && { experiment: found.experiment }) };
};
const running = (of = experiment()): RunningExperiments => ({ ...noExperiments, assign: (_, recipient) => assign(of, recipient) });
const settled = (templateVersion: number, newestVersion: number): RunningExperiments => ({
  ...noExperiments,
  settled: () => ({ experiment: 'shorter_receipt', templateVersion, newestVersion }),
});

describe('the version that a recipient gets', () => {
  it('is the newest', async () => {
    expect(await chosen(noExperiments)).toEqual({ version: 4 });
    expect(await chosen(noExperiments, {}, 'other')).toBeUndefined();
  });

  it('is that of the variant, always the same, while an experiment runs', async () => {
    const recipients = Array.from({ length: 40 }, (_, n) => `u${n}`);
    const versions = await Promise.all(recipients.map((userId) => chosen(running(experiment3), { userId })));
    expect(new Set(versions.map((one) => one?.version))).toEqual(new Set([1, 2, 3]));
    for (const [index, userId] of recipients.entries()) {
      const assigned = assign(experiment3, userId);
      const variant = assigned && 'variant' in assigned ? assigned.variant : undefined;
      expect(versions[index]?.experiment).toEqual({ key: 'shorter_receipt', variant, recipient: `id of ${userId}` });
    }
  });

  it('is that which an experiment settled on, until a newer one is published', async () => {
    expect(await chosen(settled(2, 4))).toEqual({ version: 2 });
    expect(await chosen(settled(4, 4))).toEqual({ version: 4 });
    expect(await chosen(settled(2, 3))).toEqual({ version: 4 });
    expect(await chosen(settled(9, 9))).toEqual({ version: 4 });
  });

  it('is no variant where it is gathered with others, or nobody is named, or the version is gone', async () => {
    expect(await chosen(running(), { gathered: true })).toEqual({ version: 4 });
    expect(await chosen(running(), { userId: null, to: {} })).toEqual({ version: 4 });
    const gone = experiment({ variants: experiment().variants.map((variant) => ({ ...variant, templateVersion: 9 })) });
    expect(await chosen(running(gone))).toEqual({ version: 4 });
  });
});

describe('who is held out', () => {
  const held = (treatment: 'control' | 'nothing'): RunningExperiments => ({
    ...noExperiments,
    assign: () => ({ experiment: 'shorter_receipt', holdOut: true, treatment, templateVersion: 1 }),
  });
  const group = { key: 'shorter_receipt', variant: null, recipient: 'id of u1' };

  it('gets control, or nothing', async () => {
    expect(await chosen(held('control'))).toEqual({ version: 1, experiment: group });
    expect(await chosen(held('nothing'))).toEqual({ version: 1, experiment: { ...group, withheldAt: asking.at } });
  });
  it('gets what is critical all the same', async () => {
    expect(await chosen(held('nothing'), { priority: 'critical' })).toEqual({ version: 1, experiment: group });
  });
});

describe('a recipient', () => {
  it.each<[Parameters<typeof recipientKeyOf>[0], string | undefined]>([
    [{ userId: 'u1', to: { email: 'ada@example.com' } }, 'u1'],
    [{ userId: null, to: { email: 'Ada@Example.com', phone: '+441632960000' } }, 'ada@example.com'],
    [{ userId: null, to: { phone: '+441632960000' } }, '+441632960000'],
    [{ userId: null, to: { pushTokens: [{ provider: 'fcm', token: 't' }], teamsUrl: 'https://x' } }, 't'],
    [{ userId: null, to: { slackUrl: 'https://s' } }, 'https://s'],
    [{ userId: null, to: { webhookUrl: 'https://w' } }, 'https://w'],
    [{ userId: null }, undefined],
  ])('%j is %s', (asked, key) => expect(recipientKeyOf(asked)).toBe(key));
});
