import type { Channel } from '../../domain/notification/channel.ts';
import type { Requested } from '../../domain/notification/notification.ts';

/** One delivery that would be sent now. `recipient`: whose share it takes. */
export type Counted = { notification: Requested; channel: Channel; recipient: string; at: string };

/** Takes one of each share that the delivery counts against; says what to do where one is used up. */
export type Limits = (counted: Counted) => Promise<{ then: 'drop' } | { then: 'delay'; until: string } | undefined>;

export const noLimits: Limits = async () => undefined;
