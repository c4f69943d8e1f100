import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { type EndpointCommand, type EndpointEvent, type EndpointSettings, endpoint, endpointCatalogue, secretsInForce, wants } from './endpoint.ts';

const at = '2026-03-01T12:00:00.000Z';
const later = '2026-03-02T12:00:00.000Z';
const settings: EndpointSettings = { url: 'https://shop.example/hooks', types: ['payment.*'], description: null };
const created: EndpointEvent = { type: 'EndpointCreated', data: { ...settings, secret: 'one' } };
const rotated = (secret: string, overlapUntil = later): EndpointEvent => ({ type: 'EndpointSecretRotated', data: { secret, overlapUntil } });
const disabled: EndpointEvent = { type: 'EndpointDisabled', data: { reason: 'failing', at } };
const enabled: EndpointEvent = { type: 'EndpointEnabled', data: { at } };
const deleted: EndpointEvent = { type: 'EndpointDeleted', data: {} };
const create: EndpointCommand = { type: 'Create', settings, secret: 'one' };
const disable: EndpointCommand = { type: 'Disable', reason: 'failing', at };
const redeliver: EndpointCommand = { type: 'Redeliver', requestId: 'r1', deliveryId: 'd1' };
const recover: EndpointCommand = { type: 'Recover', requestId: 'r2', since: at };
const test: EndpointCommand = { type: 'Test', requestId: 'r3', at };

const state = (...history: EndpointEvent[]) => fold(endpoint, history);
const given = (...history: EndpointEvent[]) => ({ when: (command: EndpointCommand) => endpoint.decide(command, state(...history)) });
const known = (...history: EndpointEvent[]) => {
  const folded = state(...history);
  if (folded.status === 'absent' || folded.status === 'deleted') throw new Error(folded.status);
  return folded;
};

describe('an endpoint', () => {
  it('is created once', () => {
    expect(given().when(create)).toEqual({ accepted: [created] });
    expect(given(created).when(create)).toEqual({ accepted: [] });
    expect(known(created)).toMatchObject({ ...settings, status: 'enabled' });
  });

  it('is changed where something changes', () => {
    const changed = { ...settings, types: ['*'] };
    expect(given(created).when({ type: 'Change', settings })).toEqual({ accepted: [] });
    expect(given(created).when({ type: 'Change', settings: changed })).toEqual({ accepted: [{ type: 'EndpointChanged', data: changed }] });
    expect(known(created, { type: 'EndpointChanged', data: changed }).types).toEqual(['*']);
  });

  it('is disabled and enabled; the first reason stays', () => {
    expect(given(created).when(disable)).toEqual({ accepted: [disabled] });
    expect(given(created, disabled).when({ type: 'Disable', reason: 'manual', at })).toEqual({ accepted: [] });
    expect(given(created).when({ type: 'Enable', at })).toEqual({ accepted: [] });
    expect(given(created, disabled).when({ type: 'Enable', at })).toEqual({ accepted: [enabled] });
    expect(known(created, disabled)).toMatchObject({ status: 'disabled', disabledReason: 'failing', enabledAt: null });
    expect(known(created, disabled, enabled)).toMatchObject({ status: 'enabled', disabledReason: null, enabledAt: at });
  });

  it('is deleted for good', () => {
    expect(given(created).when({ type: 'Delete' })).toEqual({ accepted: [deleted] });
    expect(given(created, deleted).when({ type: 'Delete' })).toEqual({ accepted: [] });
    expect(given(created, deleted).when(create)).toEqual({ accepted: [] });
    expect(given(created, deleted).when(disable)).toEqual({ rejected: 'endpoint_not_found' });
    expect(state(created, deleted)).toEqual({ status: 'deleted' });
  });

  it.each([disable, redeliver, test, { type: 'Delete' } as const])('that is not there knows no %j', (command) => {
    expect(given().when(command)).toEqual({ rejected: 'endpoint_not_found' });
  });

  it('is asked to send again once for each request, while it is enabled; a test comes always', () => {
    const again: EndpointEvent = { type: 'EndpointRedeliveryRequested', data: { requestId: 'r1', deliveryId: 'd1' } };
    const recovery: EndpointEvent = { type: 'EndpointRecoveryRequested', data: { requestId: 'r2', since: at } };
    const tested: EndpointEvent = { type: 'EndpointTestRequested', data: { requestId: 'r3', at } };
    expect(given(created).when(redeliver)).toEqual({ accepted: [again] });
    expect(given(created, again).when(redeliver)).toEqual({ accepted: [] });
    expect(given(created, again).when(recover)).toEqual({ accepted: [recovery] });
    expect(given(created, again, recovery, tested).when(redeliver)).toEqual({ accepted: [again] });
    expect(given(created, disabled).when(redeliver)).toEqual({ rejected: 'endpoint_disabled' });
    expect(given(created, disabled).when(recover)).toEqual({ rejected: 'endpoint_disabled' });
    expect(given(created, disabled).when(test)).toEqual({ accepted: [tested] });
  });

  it('has no history before it was created, or after it was deleted', () => {
    expect(() => state(disabled)).toThrow('EndpointDisabled of an endpoint that is absent');
    expect(() => state(created, deleted, enabled)).toThrow('EndpointEnabled of an endpoint that is deleted');
  });

  it('has its address and its secrets sealed under a key of its own', () => {
    expect(endpointCatalogue.EndpointCreated).toMatchObject({ personal: ['url', 'secret'] });
    expect(endpointCatalogue.EndpointSecretRotated).toMatchObject({ personal: ['secret'] });
    expect(endpointCatalogue.EndpointChanged.subject?.({ types: [], description: null }, 'e1')).toBe('endpoint:e1');
  });

  it('folds without what was sealed, once its key is gone', () => {
    const history: EndpointEvent[] = [
      { type: 'EndpointCreated', data: { types: ['*'], description: null } },
      { type: 'EndpointChanged', data: { types: ['*'], description: 'x' } },
      { type: 'EndpointSecretRotated', data: { overlapUntil: later } },
    ];
    expect(known(...history).url).toBe('');
    expect(secretsInForce(known(...history), new Date(at))).toEqual([]);
  });
});

describe('secrets', () => {
  const inForce = (when: string, ...history: EndpointEvent[]) => secretsInForce(known(created, ...history), new Date(when));

  it('sign both until the overlap ends, and then the newest alone', () => {
    expect(inForce(at)).toEqual(['one']);
    expect(inForce(at, rotated('two'))).toEqual(['two', 'one']);
    expect(inForce(later, rotated('two'))).toEqual(['two']);
  });

  it('are rotated once by the same command', () => {
    const rotate: EndpointCommand = { type: 'RotateSecret', secret: 'two', overlapUntil: later };
    expect(given(created).when(rotate)).toEqual({ accepted: [rotated('two')] });
    expect(given(created, rotated('two')).when(rotate)).toEqual({ accepted: [] });
  });

  it('that leaked end at once, whatever overlap was granted before', () => {
    expect(inForce(at, rotated('two'), rotated('three', at))).toEqual(['three']);
    expect(inForce(at, rotated('two', later), rotated('three', '2026-03-09T00:00:00.000Z'))).toEqual(['three', 'two', 'one']);
    expect(inForce(later, rotated('two', later), rotated('three', '2026-03-09T00:00:00.000Z'))).toEqual(['three', 'two']);
  });

  it('are never more than ten, and always include the newest', () => {
    fc.assert(
      fc.property(fc.array(fc.date({ min: new Date(at), max: new Date(later), noInvalidDate: true }), { maxLength: 30 }), (ends) => {
        const history = ends.map((end, n) => rotated(`s${n}`, end.toISOString()));
        const signing = inForce(at, ...history);
        expect(signing[0]).toBe(ends.length === 0 ? 'one' : `s${ends.length - 1}`);
        expect(signing.length).toBeLessThanOrEqual(10);
      }),
    );
  });
});

describe('the same command twice', () => {
  const text = fc.constantFrom('a', 'b', 'c');
  const command = fc.oneof<fc.Arbitrary<EndpointCommand>[]>(
    fc.constant(create),
    text.map((description): EndpointCommand => ({ type: 'Change', settings: { ...settings, description } })),
    text.map((secret): EndpointCommand => ({ type: 'RotateSecret', secret, overlapUntil: later })),
    fc.constantFrom<EndpointCommand>(disable, { type: 'Enable', at }, { type: 'Delete' }, redeliver, recover, test),
  );

  it('accepts nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), command, (before, last) => {
        const run = (history: EndpointEvent[], one: EndpointCommand) => {
          const decided = given(...history).when(one);
          return 'accepted' in decided ? [...history, ...decided.accepted] : history;
        };
        const history = run(before.reduce(run, []), last);
        const again = given(...history).when(last);
        expect('accepted' in again ? again.accepted : []).toEqual([]);
      }),
    );
  });
});

describe('what an endpoint wants', () => {
  it.each([
    [['*'], 'payment.captured', true],
    [['payment.*'], 'payment.captured', true],
    [['payment.*'], 'payments.captured', false],
    [['payment.*'], 'payment', false],
    [['payment.captured'], 'payment.captured', true],
    [['payment.captured', 'notification.*'], 'notification.sent', true],
    [['payment.captured'], 'payment.captured_twice', false],
    [[], 'payment.captured', false],
  ])('%j: %s %s', (types, type, expected) => expect(wants(types, type)).toBe(expected));
});
