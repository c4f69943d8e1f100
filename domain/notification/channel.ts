/** The ways to a person, in the order in which they are told. A notification has a delivery for each that it goes by. */
export const channels = ['email', 'sms', 'push', 'in_app', 'chat', 'webhook'] as const;
export type Channel = (typeof channels)[number];
