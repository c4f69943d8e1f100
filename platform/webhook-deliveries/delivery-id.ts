import { v5 } from '../name-based-uuid.ts';

// Never to be changed: that an event makes no second delivery hangs on it.
const namespace = '4f0a7c7e-2f0e-4d55-9c8f-5a8e0d3f6b19';

/** The delivery of one event to one endpoint. */
export const webhookDeliveryId = (eventId: string, endpointId: string): string => v5(JSON.stringify([eventId, endpointId]), namespace);
