import type { Answered, Exchange } from './exchange.ts';

// An exchange of ours, made for a vendor's library: its end goes through the library, which knows no such outcome, out to the adapter.

type Carrying = Error & { exchange: Exchange };
const isCarrying = (error: unknown): error is Carrying => error instanceof Error && 'exchange' in error;

export const carrying = (exchange: Exchange): Error => Object.assign(new Error('The exchange did not succeed'), { exchange });
export const exchangeIn = (error: unknown): Exchange | undefined => (isCarrying(error) ? error.exchange : undefined);

export const succeeded = (exchange: Exchange): exchange is { status: 'answered' } & Answered =>
  exchange.status === 'answered' && exchange.http >= 200 && exchange.http < 300;
