import { once } from 'node:events';
import type { Server, Socket } from 'node:net';

export type Listening = {
  port: number;
  /** How many connections stand. */
  connections: () => number;
  /** Cuts those that stand. */
  hangUp: () => void;
  /** Cuts them and takes no more. May be done twice. */
  close: () => Promise<void>;
};

/** A server on a free port of this machine. */
export const listening = async (server: Server): Promise<Listening> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    hangUp();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return { port: address.port, connections: () => sockets.size, hangUp, close };
};
