import { lookup, Resolver } from 'node:dns/promises';

export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

type Dns = { resolve4: (hostname: string) => Promise<readonly string[]>; resolve6: (hostname: string) => Promise<readonly string[]> };

// Once more where the first question gets no answer.
const patience = { timeout: 2_000, tries: 2 };

/**
 * In the DNS itself, not by the system's `getaddrinfo`: that takes one of the process's four threads for as long as it lasts, so that a few
 * names whose servers don't answer would hold up everybody else's, and files too. Names of one label, which no DNS knows, are the system's:
 * this machine, and neighbours in a network of containers.
 */
export const openResolve = (resolver: Dns = new Resolver(patience)): Resolve => {
  const inDns = async (hostname: string): ReturnType<Resolve> => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    if (four.status === 'rejected' && six.status === 'rejected') throw four.reason;
    return [
      ...(four.status === 'fulfilled' ? four.value : []).map((address) => ({ address, family: 4 })),
      ...(six.status === 'fulfilled' ? six.value : []).map((address) => ({ address, family: 6 })),
    ];
  };
  return (hostname) => (hostname.includes('.') ? inDns(hostname) : lookup(hostname, { all: true }));
};
