import { describe, expect, it } from 'vitest';
import { inMemoryPersonalData } from '../personal-data/in-memory.ts';
import { openEvents, sealEvent } from './sealed-events.ts';

const personalData = inMemoryPersonalData();
const event = (id: string, data: Record<string, unknown>) => ({ id, type: 'payment.captured', time: '2026-03-01T12:00:00.000Z', data });
const ofAda = event('e1', { customer: { id: 'ada', email: 'ada@example.com', name: 'Ada' } });
const ofGuest = event('e2', { customer: { email: 'guest@example.com' } });
const ofNobody = event('e3', { paymentId: 'p1' });

describe('the personal fields of an event', () => {
  it('are sealed apart, under the key of whose they are, and put back where they were', async () => {
    const sealed = await Promise.all([ofAda, ofGuest, ofNobody].map((one) => sealEvent(personalData, one)));
    expect(sealed.map((one) => one.sealed?.subject)).toEqual(['customer:ada', 'event:e2', undefined]);
    expect(sealed.map(({ data }) => data)).toEqual([{ customer: { id: 'ada' } }, { customer: {} }, { paymentId: 'p1' }]);
    expect(await openEvents(personalData, sealed)).toEqual([ofAda, ofGuest, ofNobody]);
    expect(await openEvents(personalData, [])).toEqual([]);
  });

  it('are not kept of who was erased already', async () => {
    await personalData.erase('customer:bob');
    const sealed = await sealEvent(personalData, event('e4', { customer: { id: 'bob', email: 'bob@example.com' } }));
    expect(sealed).toMatchObject({ sealed: null, data: { customer: { id: 'bob' } } });
  });

  it('that don’t open any more hold up no other event', async () => {
    const [good, bad] = await Promise.all([sealEvent(personalData, ofAda), sealEvent(personalData, ofGuest)]);
    const broken = { ...bad, sealed: { subject: 'event:e2', box: Buffer.alloc(64).toString('base64') } };
    expect(await openEvents(personalData, [broken, good])).toEqual([undefined, ofAda]);
    await expect(openEvents(personalData, [broken])).rejects.toThrow('open');
    await expect(openEvents(personalData, [broken, broken])).rejects.toThrow('open');
  });
});
