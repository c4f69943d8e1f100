import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { isLayoutKey, layoutKey, layoutName, type TemplateCommand, type TemplateContent, type TemplateEvent, template } from './template.ts';

const says = (text: string): TemplateContent => ({
  kind: 'message',
  category: 'orders',
  variables: { type: 'object' },
  locale: 'en',
  channels: { sms: { text } },
  locales: {},
  layouts: {},
});
const version = (n: number, text: string): TemplateEvent => ({ type: 'TemplatePublished', data: { version: n, content: says(text) } });
const given = (...events: TemplateEvent[]) => fold(template, events);
const create = (text: string, readyMade: TemplateCommand['readyMade'] = null): TemplateCommand => ({ type: 'Create', content: says(text), readyMade });
const publish = (text: string, replacing: number | null = null, readyMade: TemplateCommand['readyMade'] = null): TemplateCommand => ({
  type: 'Publish',
  content: says(text),
  replacing,
  readyMade,
});

describe('a template', () => {
  it('is created once', () => {
    expect(template.decide(create('Hello'), given())).toEqual({ accepted: [version(1, 'Hello')] });
    expect(template.decide(create('Hello'), given(version(1, 'Hello')))).toEqual({ rejected: 'template_exists' });
  });

  it('is replaced by its next version', () => {
    expect(template.decide(publish('Hi'), given(version(1, 'Hello')))).toEqual({ accepted: [version(2, 'Hi')] });
    expect(given(version(1, 'Hello'), version(2, 'Hi'))).toEqual({ version: 2, content: says('Hi') });
  });

  it('has to be there to be replaced', () => expect(template.decide(publish('Hi'), given())).toEqual({ rejected: 'template_not_found' }));

  it('stays as it is when the same is published again, whatever was replaced', () =>
    expect(template.decide(publish('Hi', 1), given(version(1, 'Hello'), version(2, 'Hi')))).toEqual({ accepted: [] }));

  it('is not replaced by who had another version before them', () => {
    expect(template.decide(publish('Hi', 1), given(version(1, 'Hello'), version(2, 'Hey')))).toEqual({ rejected: 'template_changed' });
    expect(template.decide(publish('Hi', 2), given(version(1, 'Hello'), version(2, 'Hey')))).toEqual({ accepted: [version(3, 'Hi')] });
  });

  it('that comes with the service is there from the start, and goes on counting', () => {
    const readyMade = { version: 2, content: says('Welcome') };
    expect(template.decide(create('Hi', readyMade), given())).toEqual({ rejected: 'template_exists' });
    expect(template.decide(publish('Welcome', 2, readyMade), given())).toEqual({ accepted: [version(3, 'Welcome')] });
    expect(template.decide(publish('Welcome', 2, readyMade), given(version(3, 'Welcome')))).toEqual({ accepted: [] });
    expect(template.decide(publish('Hi', 2, readyMade), given())).toEqual({ accepted: [version(3, 'Hi')] });
    expect(template.decide(publish('Hey', 3, readyMade), given(version(3, 'Hi')))).toEqual({ accepted: [version(4, 'Hey')] });
  });

  it('has gapless versions, and the same command twice makes no second one', () => {
    const text = fc.constantFrom('a', 'b', 'c');
    const commands = fc.array(
      fc.oneof(
        text.map((one) => create(one)),
        fc.tuple(text, fc.option(fc.integer({ min: 1, max: 4 }))).map(([one, n]) => publish(one, n)),
      ),
    );
    fc.assert(
      fc.property(commands, (all) => {
        const history: TemplateEvent[] = [];
        for (const command of all) {
          for (const again of [false, true]) {
            const decision = template.decide(command, fold(template, history));
            if ('rejected' in decision) continue;
            if (again) expect(decision.accepted).toEqual([]);
            history.push(...decision.accepted);
          }
        }
        expect(history.map(({ data }) => data.version)).toEqual(history.map((_, index) => index + 1));
      }),
    );
  });
});

describe('a layout', () => {
  it('has a key of its own', () => {
    expect(isLayoutKey(layoutKey('brand'))).toBe(true);
    expect(isLayoutKey('brand')).toBe(false);
    expect(layoutName(layoutKey('brand'))).toBe('brand');
  });
});
