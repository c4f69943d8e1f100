/** A CloudEvents 1.0 event that one service tells the others: `type` is public (`payment.captured`), `data` holds what they may know. */
export type PublicEvent = {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  traceparent?: string;
  data: Readonly<Record<string, unknown>>;
};

/** Delivers each public event of these types at least once, in order within a subject; what the handler throws is tried again. */
export type Bus = {
  consume: (
    consumer: string,
    types: readonly string[],
    handler: (event: PublicEvent) => Promise<void>,
    options?: ConsumeOptions,
  ) => Promise<{ stop: () => Promise<void> }>;
};

export type ConsumeOptions = {
  /** Whether nobody could want any event up to this position of the log: a bus that knows positions then makes none. */
  nobodyUpTo?: (position: bigint) => Promise<boolean>;
};
