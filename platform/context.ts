/** What is known of whoever gives a command, and of why: goes into the metadata of the events that come of it. */
export type Context = {
  /** UUID; from caller, route and Idempotency-Key, or random. */
  commandId: string;
  requestHash?: string;
  actor: string;
  traceparent?: string;
  correlationId: string;
  causationId: string;
};
