import type { ChannelOutcome, Message } from '../../../providers/message/channel.ts';
import type { Doors } from '../doors.ts';
import type { Mortal } from '../run.ts';
import type { By, Ledger } from './ledger.ts';

const callFaults = ['refused', 'lost', 'error', 'slow', 'crash_before', 'crash_after'] as const;

export type Call = (provider: string, repeatable: boolean, message: Message, by: () => By) => Promise<ChannelOutcome>;

/** The way to the providers: what is sent may get lost, be refused, or arrive when nobody waits any more; so may the answer. */
export const callsOf =
  <L extends Mortal>(life: L, { doors: { pass, arriveLater }, ledger, kill }: { doors: Doors<L>; ledger: Ledger; kill: (life: L) => void }): Call =>
  (provider, repeatable, message, by) =>
    new Promise((resolve) => {
      const go = (fault: (typeof callFaults)[number] | undefined) => {
        if (fault === 'crash_before') return kill(life);
        if (fault === 'refused') return resolve({ status: 'unavailable', reason: 'connection refused' });
        if (fault === 'error') return resolve({ status: 'unknown', reason: 'answered with 500' });
        const handedOver = by();
        if (fault === 'slow') {
          arriveLater(() => ledger.accept(provider, repeatable, message, handedOver));
          return resolve({ status: 'unknown', reason: 'no answer in time' });
        }
        const answer = ledger.answer(provider, repeatable, message, handedOver);
        if (fault === 'crash_after') return kill(life);
        resolve(fault === 'lost' ? { status: 'unknown', reason: 'the connection was cut' } : answer);
      };
      pass({ life, what: `${provider} ${message.channel} ${message.deliveryId.slice(0, 8)}`, faults: callFaults, go });
    });
