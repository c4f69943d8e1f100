import { Type } from 'typebox';
import { deliveryStatuses } from '../../webhook-deliveries/webhook-deliveries.ts';
import { Closed, Instant, Uuid } from '../schemas.ts';

const OrNull = <T extends Parameters<typeof Type.Array>[0]>(schema: T) => Type.Union([schema, Type.Null()]);

export const endpointTags = ['Endpoints'];

export const Pattern = Type.String({
  pattern: '^(?:\\*|[a-z][a-z0-9_]*(?:\\.[a-z][a-z0-9_]*)*(?:\\.\\*)?)$',
  maxLength: 100,
  description: 'A type of public event (`payment.captured`), `payment.*` for all that begin so, `*` for all',
});

const settings = {
  url: Type.String({ minLength: 1, maxLength: 2_000, description: 'https; no credentials, no private address' }),
  types: Type.Array(Pattern, { minItems: 1, maxItems: 100, uniqueItems: true }),
  description: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
};

export const EndpointChange = Closed(settings);
export const NewEndpoint = Closed({
  ...settings,
  secret: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'One that the receiver has already, by Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. A new one unless given',
    }),
  ),
});
export const Rotation = Closed({
  overlapHours: Type.Optional(Type.Number({ minimum: 0, maximum: 168, description: 'For how long the old secret signs too; 24 unless given' })),
});
export const Recovery = Closed({ since: Instant });
export const EndpointDelivery = Type.Object({ id: Uuid, deliveryId: Uuid });

const endpoint = {
  id: Uuid,
  url: Type.String(),
  types: Type.Array(Type.String()),
  description: OrNull(Type.String()),
  status: Type.Enum(['enabled', 'disabled']),
  disabledReason: OrNull(
    Type.Enum(['manual', 'failing', 'gone'], { description: 'gone: it has answered 410; failing: nothing has got through for five days' }),
  ),
  version: Type.Integer(),
  createdAt: Instant,
  updatedAt: Instant,
};
export const EndpointBody = Type.Object(endpoint);
export const EndpointWithSecret = Type.Object({ ...endpoint, secret: Type.String({ description: 'Shown now, and by GET /endpoints/:id/secret' }) });
export const EndpointWithHealth = Type.Object({
  ...endpoint,
  health: Type.Object({
    failingSince: OrNull(Instant),
    failures: Type.Integer({ description: 'Tries in a row without a success' }),
    pausedUntil: OrNull(Instant),
  }),
});
export const SecretsBody = Type.Object({
  secret: Type.String(),
  previous: Type.Array(Type.Object({ secret: Type.String(), validUntil: Instant }), { description: 'Those that still sign too' }),
});

export const WebhookStatusName = Type.Enum([...deliveryStatuses]);
const delivery = {
  id: Uuid,
  endpointId: Uuid,
  eventId: Type.String({ description: 'What the receiver gets as `webhook-id`' }),
  type: Type.String(),
  status: WebhookStatusName,
  attempts: Type.Integer(),
  createdAt: Instant,
  nextTryAt: OrNull(Instant),
  deliveredAt: OrNull(Instant),
  lastStatusCode: OrNull(Type.Integer()),
  lastError: OrNull(Type.String()),
};
export const WebhookDeliveryBody = Type.Object(delivery);
export const WebhookDeliveryWithTries = Type.Object({
  ...delivery,
  tries: Type.Array(
    Type.Object({
      at: Instant,
      durationMs: Type.Integer(),
      statusCode: OrNull(Type.Integer()),
      error: OrNull(Type.String()),
      excerpt: OrNull(Type.String({ description: 'The begin of the answer’s body, 1 KiB at most' })),
    }),
  ),
});
