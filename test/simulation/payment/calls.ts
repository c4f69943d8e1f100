import type { Doors } from '../doors.ts';
import type { PaymentLife, Refusal, World } from './platform.ts';

const callFaults = ['lost', 'refused', 'error', 'slow', 'crash_before', 'crash_after'] as const;

/** The way to the providers: what is sent may get lost, be refused, or arrive when nobody waits any more; so may the answer. */
export const callsOf =
  (life: PaymentLife, { pass, arriveLater }: Doors<PaymentLife>, kill: (life: PaymentLife) => void): World['call'] =>
  <T>(what: string, accept: () => T) =>
    new Promise<T | Refusal>((resolve) => {
      const go = (fault: (typeof callFaults)[number] | undefined) => {
        if (fault === 'crash_before') return kill(life);
        if (fault === 'refused') return resolve({ status: 'not_sent', reason: 'connection refused', retriable: true });
        if (fault === 'error') return resolve({ status: 'unknown', reason: 'answered with 500' });
        if (fault === 'slow') {
          arriveLater(accept);
          return resolve({ status: 'unknown', reason: 'no answer in time' });
        }
        const answer = accept();
        if (fault === 'crash_after') return kill(life);
        resolve(fault === 'lost' ? { status: 'unknown', reason: 'the connection was cut' } : answer);
      };
      pass({ life, what, faults: callFaults, go });
    });
