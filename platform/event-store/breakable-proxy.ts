import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** For specs: a way to a server that breaks when it is told to. */
export type BreakableProxy = {
  port: number;
  /** Cuts all connections at once. */
  cut: () => void;
  /** Requests go through, answers don't, until the next `cut` or `heal`. */
  swallowAnswers: () => void;
  /** Refuses new connections, and cuts those there are. */
  refuse: () => void;
  heal: () => void;
  close: () => Promise<void>;
};

export const breakableProxy = async (target: number): Promise<BreakableProxy> => {
  const pairs = new Set<[Socket, Socket]>();
  let [swallowing, refusing] = [false, false];
  const server = createServer((inner) => {
    if (refusing) {
      inner.resetAndDestroy();
      return;
    }
    const outer = connect(target, '127.0.0.1');
    const pair: [Socket, Socket] = [inner, outer];
    pairs.add(pair);
    inner.on('data', (data) => outer.write(data));
    outer.on('data', (data) => {
      if (!swallowing) inner.write(data);
    });
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        for (const one of pair) one.destroy();
        pairs.delete(pair);
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    swallowing = false;
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };
  const isAddress = (address: AddressInfo | string | null): address is AddressInfo => typeof address === 'object' && address !== null;
  const address = server.address();
  if (!isAddress(address)) throw new Error('the proxy has no port');
  return {
    port: address.port,
    cut,
    swallowAnswers: () => {
      swallowing = true;
    },
    refuse: () => {
      refusing = true;
      cut();
    },
    heal: () => {
      [refusing, swallowing] = [false, false];
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
};
