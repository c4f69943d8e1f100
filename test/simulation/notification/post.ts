import type { Receipt } from '../../../providers/message/channel.ts';
import { insist } from '../insist.ts';
import { oneOf, type Run, taken } from '../run.ts';
import type { Ledger } from './ledger.ts';
import type { ServiceLife } from './platform.ts';

type What = Receipt['what'];
type Letter = { id: string; provider: string; body: string };

const whats: readonly What[] = ['delivered', 'delivered', 'delivered', 'sent', 'opened', 'clicked', 'bounced', 'failed', 'complained', 'unsubscribed'];

/** What providers report of messages that they have taken: early, late, twice, in any order, several at once. */
export const openPost = (run: Run, ledger: Ledger) => {
  const letters: Letter[] = [];
  const told = new Map<string, Set<What>>();
  const { attempt, busy, abandon } = insist(run);
  let written = 0;

  const receiptOf = (provider: string): Receipt => {
    written += 1;
    const { reference, message } = oneOf(
      ledger.taken.filter((one) => one.provider === provider),
      run,
    );
    const what = oneOf(whats, run);
    told.set(message.deliveryId, new Set([...(told.get(message.deliveryId) ?? []), what]));
    return { reference, what, eventId: `event-${written}`, at: new Date(run.now).toISOString(), permanent: run.choices.chance(0.5), reason: 'r' };
  };

  return {
    told: told as ReadonlyMap<string, ReadonlySet<What>>,
    abandon,
    canWrite: (): boolean => ledger.taken.length > 0,
    write: (): void => {
      const { provider } = oneOf(ledger.taken, run);
      const receipts = Array.from({ length: 1 + run.choices.pick(2) }, () => receiptOf(provider));
      letters.push({ id: `webhook${written}`, provider, body: JSON.stringify(receipts) });
    },
    waiting: (): number => letters.length,
    busy: (): boolean => letters.length > 0 || busy(),
    /** To our door, where it is stored. */
    deliver: (life: ServiceLife): void => {
      const letter = taken(letters, run);
      const { id, provider, body } = letter;
      run.trace(() => `webhook of ${provider}: ${body}`);
      const again = () => void letters.push(letter);
      if (!run.calm && run.choices.chance(0.3)) again();
      const received = { type: 'Receive' as const, provider, at: new Date(run.now).toISOString(), body, url: '/' };
      const context = { commandId: `receive ${id}`, actor: `provider:${provider}`, correlationId: id, causationId: id };
      attempt(life, life.process.messageWebhooks.handle(id, received, context), again, () => {});
    },
  };
};
