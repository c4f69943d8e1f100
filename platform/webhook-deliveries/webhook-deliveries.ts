import type { PublicEvent } from '../bus/bus.ts';

/** Under which name it is kept how far in the log what was asked of endpoints is carried out. */
export const requestsCheckpoint = 'webhook requests';

/** `skipped`: not sent, because its endpoint was disabled or deleted; asked for again, it is. */
export const deliveryStatuses = ['pending', 'delivered', 'failed', 'skipped'] as const;
export type WebhookStatus = (typeof deliveryStatuses)[number];

/** What is sent, the same at every try and to every endpoint. */
export type OutgoingEvent = Pick<PublicEvent, 'id' | 'type' | 'time' | 'data'>;

/** One event for one endpoint. `once`: tried once only, and also where the endpoint is disabled. */
export type NewDelivery = { id: string; endpointId: string; status: 'pending' | 'skipped'; once?: boolean };

/** One try. `statusCode` is null where there was no answer, `error` where there was a success; `excerpt` is the begin of the answer's body. */
export type WebhookAttempt = { at: string; durationMs: number; statusCode: number | null; error: string | null; excerpt: string | null };

/** A delivery as it is looked up. `nextTryAt` is null where nothing more is to be tried. */
export type WebhookDelivery = {
  id: string;
  endpointId: string;
  eventId: string;
  type: string;
  status: WebhookStatus;
  attempts: number;
  createdAt: string;
  nextTryAt: string | null;
  deliveredAt: string | null;
  lastStatusCode: number | null;
  lastError: string | null;
};

/** To be tried now, by who has claimed it. `tries`: how often it was since it was last asked for. */
export type ClaimedDelivery = { id: string; endpointId: string; once: boolean; tries: number; claim: string; event: OutgoingEvent };

/** How an endpoint fares. `failures`: tries in a row without a success. */
export type EndpointHealth = { failingSince: Date | null; failures: number; pausedUntil: Date | null };

/** What becomes of a delivery after a try: done, given up, or tried again after so many milliseconds. */
export type Verdict = { status: 'delivered' } | { status: 'failed' } | { status: 'pending'; inMs: number };

/**
 * The deliveries of webhooks, in PostgreSQL. Nothing in it is the only truth of an event: that is the log's. What was to be sent is kept
 * for thirty days, personal fields sealed.
 */
export type WebhookDeliveries = {
  /** Keeps the event and a delivery for each endpoint; what is there already stays as it is. Events of one moment are written together. */
  add: (event: OutgoingEvent, deliveries: readonly NewDelivery[]) => Promise<void>;
  /**
   * Takes up to `room` that are due, in turn from each endpoint, of none more than `perEndpoint` less its `busy` (by endpoint's id), of one
   * that is failing one at a time. They are due again after `leaseMs`, unless their end was recorded by then: their worker is dead.
   */
  claim: (options: { room: number; perEndpoint: number; busy: ReadonlyMap<string, number>; leaseMs: number }) => Promise<readonly ClaimedDelivery[]>;
  /** `pauseMs`: for how long the endpoint is to get nothing at all. Answers how the endpoint fares after it. */
  record: (
    delivery: Pick<ClaimedDelivery, 'id' | 'claim' | 'endpointId'>,
    attempt: WebhookAttempt,
    verdict: Verdict,
    pauseMs?: number,
  ) => Promise<EndpointHealth>;
  /** What waits is not sent: all of an endpoint, or one that was claimed. */
  skip: (endpointId: string, deliveryId?: string) => Promise<void>;
  /** Sends one again, from the first try on. The same request does it once. */
  redeliver: (deliveryId: string, requestId: string) => Promise<void>;
  /** Sends again what failed or was skipped of the events since a time. */
  recover: (endpointId: string, since: string, requestId: string) => Promise<void>;
  /** Of an endpoint that is gone nothing more is sent, not even a test. */
  end: (endpointId: string) => Promise<void>;
  /** An endpoint that was enabled again starts with a clean record. */
  forgive: (endpointId: string) => Promise<void>;
  get: (id: string) => Promise<WebhookDelivery | undefined>;
  /** Newest first; `after` is the `next` of the page before. */
  list: (query: {
    endpointId: string;
    status?: WebhookStatus | undefined;
    type?: string | undefined;
    limit: number;
    after?: string | undefined;
  }) => Promise<{ data: readonly WebhookDelivery[]; next?: string }>;
  /** The newest hundred tries of a delivery, oldest first. */
  attempts: (id: string) => Promise<readonly WebhookAttempt[]>;
  /** What is, or would be, sent; undefined where it was pruned. */
  event: (eventId: string) => Promise<OutgoingEvent | undefined>;
  health: (endpointId: string) => Promise<EndpointHealth>;
  /** Forgets what is older than thirty days, a batch at a time. */
  prune: (now?: Date) => Promise<void>;
};
