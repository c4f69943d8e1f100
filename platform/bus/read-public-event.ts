import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { PublicEvent } from './bus.ts';

/** CloudEvents 1.0 as ours are; whatever else one carries is left alone. */
export const CloudEvent = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ minLength: 1, description: 'The same when it is delivered again' }),
  source: Type.String({ minLength: 1 }),
  type: Type.String({ minLength: 1 }),
  subject: Type.String({ minLength: 1, description: 'What it is about; events of one subject come in order' }),
  time: Type.String({ format: 'date-time' }),
  datacontenttype: Type.Literal('application/json'),
  traceparent: Type.Optional(Type.String({ description: 'W3C trace context' })),
  data: Type.Record(Type.String(), Type.Unknown()),
});
const cloudEvent = Compile(CloudEvent);

/** Undefined for what is no event. */
export const readPublicEvent = (content: Buffer): PublicEvent | undefined => {
  try {
    const value: unknown = JSON.parse(content.toString());
    return cloudEvent.Check(value) ? known(value) : undefined;
  } catch {
    return undefined;
  }
};

const known = ({ traceparent, ...event }: Static<typeof CloudEvent>): PublicEvent => ({ ...event, ...(traceparent !== undefined && { traceparent }) });
