import { backoffMs, pause } from './backoff.ts';
import type { Delivery, Position } from './event-store.ts';

export type Resubscribing = {
  /** Where to begin; tried again like everything else here. */
  start: () => Promise<Position>;
  /** One subscription after a position, until it breaks, or the signal ends it. */
  open: (after: Position, signal: AbortSignal) => AsyncIterable<Delivery>;
  signal: AbortSignal;
  onReconnect?: (attempt: number, cause: unknown) => void;
};

const delays = { baseMs: 100, capMs: 10_000 };

/** Subscriptions never resubscribe on their own; this one does, from the last position it has seen, for ever. */
export async function* resubscribing({ start, open, signal, onReconnect = () => {} }: Resubscribing): AsyncGenerator<Delivery> {
  let position: Position | undefined;
  for (let attempt = 0; !signal.aborted; attempt++) {
    let cause: unknown = new Error('the event store ended the subscription');
    try {
      position ??= await start();
      for await (const delivery of open(position, signal)) {
        attempt = 0;
        if (delivery.kind === 'event') position = delivery.event.position;
        if (delivery.kind === 'checkpoint') position = delivery.position;
        yield delivery;
        if (signal.aborted) return;
      }
    } catch (error) {
      cause = error;
    }
    if (signal.aborted) return;
    onReconnect(attempt + 1, cause);
    await pause(backoffMs(attempt, delays), signal);
  }
}
