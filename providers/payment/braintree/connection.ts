import http, { type Agent, type ClientRequest } from 'node:http';
import https from 'node:https';
import { currentTrace } from '../../../platform/telemetry/current-trace.ts';

/** One call on its way. `sent`: whether the connection stood, so that a byte of it may have arrived. */
export type Passage = { sent: boolean };

/**
 * Connections that are kept open between calls. What the SDK does not do is done here: note whether anything can have arrived, and end a
 * call that takes longer than `timeoutMs` as a whole, however slowly its answer drips.
 */
export const openConnections = ({ secure, timeoutMs }: { secure: boolean; timeoutMs: number }): { for: (passage: Passage) => Agent } => {
  const agent: Agent = secure ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const addRequest: unknown = Reflect.get(agent, 'addRequest');
  if (typeof addRequest !== 'function') throw new Error("Node's HTTP agent is not as it is known: it has no addRequest");
  return {
    for: (passage) => {
      const watched = (request: ClientRequest, ...rest: readonly unknown[]): void => {
        const traceparent = currentTrace();
        if (traceparent !== undefined) request.setHeader('traceparent', traceparent);
        watch(request, passage, { secure, timeoutMs });
        Reflect.apply(addRequest, agent, [request, ...rest]);
      };
      const own: Agent = Object.create(agent, { addRequest: { value: watched } });
      return own;
    },
  };
};

const watch = (request: ClientRequest, passage: Passage, { secure, timeoutMs }: { secure: boolean; timeoutMs: number }): void => {
  const late = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  request.once('close', () => clearTimeout(late));
  request.once('socket', (socket) => {
    const stands = () => {
      passage.sent = true;
    };
    if (request.reusedSocket || !(socket.connecting || (secure && !('authorized' in socket && socket.authorized)))) stands();
    else socket.once(secure ? 'secureConnect' : 'connect', stands);
  });
  // The SDK parses JSON outside of any promise: a malformed one would end the process. Braintree answers in XML only.
  request.once('response', (response) => {
    if (response.headers['content-type']?.includes('json')) response.headers['content-type'] = 'text/plain';
  });
};
