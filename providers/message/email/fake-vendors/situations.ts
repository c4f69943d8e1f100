import { expect } from 'vitest';
import type { EmailMessage, MessageChannel } from '../../channel.ts';
import type { Opened, Situation, Subject } from '../../contract.ts';
import { emailMessage } from './examples.ts';
import { type FakeMailApi, openFakeMailApi, type Reply, type Vendor } from './fake-mail-api.ts';

export type Open = (settings: { baseUrl: string; connectTimeoutMs: number; timeoutMs: number }) => Promise<MessageChannel<'email'>>;

/** An adapter before its vendor. Closing it says whether each request and answer was one that the vendor's document knows. */
export const openBefore = async (vendor: Vendor, open: Open, situation: Situation, reply?: Reply): Promise<Opened<'email'> & { fake: FakeMailApi }> => {
  const fake = await openFakeMailApi(vendor, situation, reply);
  const channel = await open({
    baseUrl: fake.baseUrl,
    connectTimeoutMs: situation === 'silent_before' ? 300 : 10_000,
    timeoutMs: situation === 'silent_after' ? 700 : 20_000,
  });
  return {
    channel,
    fake,
    arrived: async () => fake.arrived(),
    close: async () => {
      await channel.close();
      await fake.close();
      expect(fake.broken).toEqual([]);
    },
  };
};

/** Every situation that a vendor behind HTTPS can be in. */
export const httpSubject = (vendor: Vendor, open: Open): Subject<'email'> => {
  const inSituation = (situation: Situation) => () => openBefore(vendor, open, situation);
  return {
    message: emailMessage,
    open: {
      works: inSituation('works'),
      down: inSituation('down'),
      refuses: inSituation('refuses'),
      busy: inSituation('busy'),
      locks_us_out: inSituation('locks_us_out'),
      cut_before: inSituation('cut_before'),
      silent_before: inSituation('silent_before'),
      cut_after: inSituation('cut_after'),
      silent_after: inSituation('silent_after'),
      garbled_after: inSituation('garbled_after'),
    },
  };
};

export const sendOnce = async (opened: Opened<'email'>, message: EmailMessage) => {
  try {
    return await opened.channel.send(message);
  } finally {
    await opened.close();
  }
};
