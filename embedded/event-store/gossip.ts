import { ticks } from './event.ts';
import { frameOf } from './frames.ts';
import type { Method } from './grpc.ts';
import { message, messageField, numberField, textField } from './wire.ts';

const LEADER = 8;

/** Gossip.Read: a cluster of one, its leader. */
export const gossip = (instanceId: string, address: () => { host: string; port: number }): Method => ({
  kind: 'unary',
  handle: async () => {
    const { host, port } = address();
    const member = messageField(
      1,
      messageField(1, textField(2, instanceId)),
      numberField(2, Number(ticks(Date.now()))),
      numberField(3, LEADER),
      numberField(4, 1),
      messageField(5, textField(1, host), numberField(2, port)),
    );
    return frameOf(message(member));
  },
});
