import type { DeliveryEvent } from '../../../domain/notification/events.ts';
import type { MemoryStore } from '../../../platform/event-store/memory-store.ts';
import { insist } from '../insist.ts';
import { oneOf, type Run, taken } from '../run.ts';
import type { Ledger, Taken } from './ledger.ts';
import type { Process, ServiceLife } from './platform.ts';

type What = 'delivered' | 'bounced' | 'failed' | 'opened' | 'clicked' | 'complained';
type Letter = { id: string; taken: Taken; what: What; writtenAt: number };

const whats: readonly What[] = ['delivered', 'delivered', 'delivered', 'opened', 'clicked', 'bounced', 'failed', 'complained'];
/** How long one waits whose message isn't known, in milliseconds. */
const heldMs = 15 * 60_000;

/** What providers report of messages that they have taken: early, late, twice, in any order. */
export const openPost = (run: Run, { memory, ledger }: { memory: MemoryStore; ledger: Ledger }) => {
  const letters: Letter[] = [];
  const told = new Map<string, Set<What>>();
  const { attempt, busy, abandon } = insist(run);
  let written = 0;
  const isKnown = ({ taken: { reference, provider } }: Letter) =>
    memory.events.some(({ type, data }) => type === 'DeliverySent' && names(data, { reference, provider }));

  return {
    told: told as ReadonlyMap<string, ReadonlySet<What>>,
    abandon,
    canWrite: (): boolean => ledger.taken.length > 0,
    write: (): void => {
      written += 1;
      const one = oneOf(ledger.taken, run);
      const what = oneOf(whats, run);
      told.set(one.message.deliveryId, new Set([...(told.get(one.message.deliveryId) ?? []), what]));
      letters.push({ id: `receipt-${written}`, taken: one, what, writtenAt: run.now });
    },
    waiting: (): number => letters.length,
    busy: (): boolean => letters.length > 0 || busy(),
    deliver: (life: ServiceLife): void => {
      const letter = taken(letters, run);
      run.trace(() => `receipt ${letter.what} of ${letter.taken.reference}`);
      const again = () => void letters.push(letter);
      if (!isKnown(letter)) {
        if (run.now - letter.writtenAt < heldMs && !run.calm) again();
        return;
      }
      if (!run.calm && run.choices.chance(0.3)) again();
      attempt(life, apply(letter, life.process, new Date(run.now).toISOString()), again, () => {});
    },
  };
};

const names = (data: unknown, wanted: { reference: string; provider: string }): boolean =>
  typeof data === 'object' &&
  data !== null &&
  'reference' in data &&
  data.reference === wanted.reference &&
  'provider' in data &&
  data.provider === wanted.provider;

const apply = async ({ id, what, taken: { message, provider, reference } }: Letter, process: Process, at: string): Promise<void> => {
  const context = { commandId: id, actor: `provider:${provider}`, correlationId: id, causationId: id };
  if (what === 'complained' && (message.channel === 'email' || message.channel === 'sms'))
    await process.suppress({ channel: message.channel, address: message.to, reason: 'complaint', at, provider });
  const results = [eventOf(what, { deliveryId: message.deliveryId, at, provider }, reference)];
  const handled = await process.notifications.handle(message.notificationId, { type: 'RecordResults', results }, context);
  if ('rejected' in handled) throw new Error(`a receipt was refused: ${handled.rejected}`);
};

type Said = { deliveryId: string; at: string; provider: string };

const eventOf = (what: What, said: Said, reference: string): DeliveryEvent => {
  switch (what) {
    case 'delivered':
      return { type: 'DeliveryDelivered', data: { ...said, reference } };
    case 'bounced':
      return { type: 'DeliveryBounced', data: { ...said, reason: 'hard' } };
    case 'failed':
      return { type: 'DeliveryUndelivered', data: { ...said, reason: 'expired' } };
    case 'opened':
    case 'clicked':
    case 'complained':
      return { type: 'EngagementRecorded', data: { ...said, what } };
  }
};
