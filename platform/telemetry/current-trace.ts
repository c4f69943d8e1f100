import { AsyncLocalStorage } from 'node:async_hooks';

const traces = new AsyncLocalStorage<string>();

/** Makes a call within a trace (W3C `traceparent`): for what calls through libraries that know nothing of ours. */
export const withinTrace = <T>(traceparent: string | undefined, make: () => T): T => (traceparent === undefined ? make() : traces.run(traceparent, make));

/** The trace that this call is made within. */
export const currentTrace = (): string | undefined => traces.getStore();
