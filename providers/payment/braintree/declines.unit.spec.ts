import { describe, expect, it } from 'vitest';
import { declineKinds } from '../../../domain/payment/outcome.ts';
import { declinedByProcessor, publishedProcessorCodes, publishedRejections, rejectedByGateway } from './declines.ts';

/** The codes of Braintree's table: 2000 to 2108 without a gap, and 3000. */
const table = [...Array.from({ length: 109 }, (_, index) => String(2_000 + index)), '3000'];

describe('why Braintree declines', () => {
  it('is known of every code that is published, and each means one thing', () => {
    expect(publishedProcessorCodes.toSorted()).toEqual(table);
  });

  it.each([
    ['2000', 'do_not_honor'],
    ['2001', 'insufficient_funds'],
    ['2004', 'expired_card'],
    ['2010', 'incorrect_cvc'],
    ['2012', 'lost_card'],
    ['2013', 'stolen_card'],
    ['2014', 'fraudulent'],
    ['2016', 'duplicate'],
    ['2018', 'revoked'],
    ['2047', 'lost_card'],
    ['2099', 'authentication_required'],
    ['2108', 'invalid_account'],
    ['3000', 'issuer_unavailable'],
    ['2109', 'generic'],
    ['2999', 'generic'],
    ['3001', 'issuer_unavailable'],
    ['', 'generic'],
    ['constructor', 'generic'],
  ])('%s is %s', (code, meant) => {
    expect(declinedByProcessor(code)).toBe(meant);
  });

  // Where trying the same card again can never work, whatever another provider says.
  it.each(['2004', '2005', '2007', '2012', '2013', '2014', '2015', '2017', '2018', '2043', '2047', '2053', '2108'])('%s is final', (code) => {
    expect(declineKinds[declinedByProcessor(code)]).toBe('hard');
  });

  it.each([
    ['avs', 'incorrect_address'],
    ['cvv', 'incorrect_cvc'],
    ['fraud', 'fraudulent'],
    ['three_d_secure', 'authentication_required'],
    ['application_incomplete', 'merchant_refused'],
    ['something_new', 'generic'],
    ['constructor', 'generic'],
  ])('its gateway rejects for %s: %s', (reason, meant) => {
    expect(rejectedByGateway(reason)).toBe(meant);
  });

  it('has a meaning for every reason of the gateway', () => {
    for (const reason of publishedRejections) expect(declineKinds).toHaveProperty(rejectedByGateway(reason));
  });
});
