import type { DomainEvent } from '../../domain/event.ts';
import type { EventMetadata, Position } from './event-store.ts';

/** An event as the house sees it: decoded, personal fields opened (absent where the person was erased). */
export type Recorded<E extends DomainEvent = DomainEvent> = E & {
  id: string;
  stream: string;
  /** The part of the stream's name after its category: `payment-<id>` → `<id>`. */
  streamId: string;
  revision: number;
  position: Position;
  /** `metadata.at`: when it was decided. */
  at: string;
  metadata: EventMetadata;
};
