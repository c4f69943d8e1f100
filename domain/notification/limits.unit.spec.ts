import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { type Counted, type Limit, limitsAggregate, notificationLimits, sharesOf } from './limits.ts';

const limit = (change: Partial<Limit> = {}): Limit => ({ id: 'l', per: 'recipient', limit: 3, windowSeconds: 60, policy: 'delay', ...change });
const counted: Counted = { channel: 'email', category: 'marketing', priority: 'normal', recipient: 'u1', caller: 'key:1' };
const keys = (limits: readonly Limit[], change: Partial<Counted> = {}) => sharesOf({ limits }, { ...counted, ...change }).map(({ key }) => key);

describe('limits', () => {
  it('count each recipient on each channel, each category, and each caller by itself', () => {
    const limits = [limit({ id: 'a' }), limit({ id: 'b', per: 'category' }), limit({ id: 'c', per: 'caller' })];
    expect(keys(limits)).toEqual(['["a","u1","email"]', '["b","marketing"]', '["c","key:1"]']);
    expect(keys(limits, { channel: 'sms', recipient: 'u2', category: 'orders', caller: 'key:2' })).toEqual([
      '["a","u2","sms"]',
      '["b","orders"]',
      '["c","key:2"]',
    ]);
  });

  it('are of one channel or category where they say so', () => {
    expect(keys([limit({ channel: 'sms' }), limit({ category: 'orders' })])).toEqual([]);
    expect(keys([limit({ channel: 'email', category: 'marketing' })])).toHaveLength(1);
  });

  it('never hold up what is critical', () => {
    expect(keys([limit()], { priority: 'critical' })).toEqual([]);
  });

  it('are kept in versions', () => {
    const decision = notificationLimits.decide({ type: 'Change', rules: { limits: [limit()] }, replacing: null }, notificationLimits.initialState);
    if ('rejected' in decision) throw new Error(decision.rejected);
    expect(fold(limitsAggregate.decider, decision.accepted)).toEqual({ version: 1, rules: { limits: [limit()] } });
  });
});
