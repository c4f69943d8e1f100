import { withinTrace } from '../../platform/telemetry/current-trace.ts';
import type { PaymentProvider } from './provider.ts';

/** The same provider, each call within the trace of its request: adapters send it on as the header `traceparent`. */
export const withTrace = (provider: PaymentProvider): PaymentProvider => ({
  ...provider,
  charge: (request) => withinTrace(request.traceparent, () => provider.charge(request)),
  resume: (request) => withinTrace(request.traceparent, () => provider.resume(request)),
  capture: (request) => withinTrace(request.traceparent, () => provider.capture(request)),
  void: (request) => withinTrace(request.traceparent, () => provider.void(request)),
  refund: (request) => withinTrace(request.traceparent, () => provider.refund(request)),
});
