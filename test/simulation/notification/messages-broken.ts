import type { Channel } from '../../../domain/notification/channel.ts';
import type { Message } from '../../../providers/message/channel.ts';
import type { Accepted } from './callers.ts';
import type { Taken } from './ledger.ts';
import { markersIn, othersIn, personOf } from './people.ts';
import { idsOfAddresses } from './platform.ts';
import type { Ended } from './schedule.ts';
import { categoryOf, type Story } from './story.ts';
import type { Wishes } from './wishes.ts';

// What must hold of each message that somebody got.

type Complain = (broken: string | false) => void;

const wordsIn = (message: Message): string => {
  switch (message.channel) {
    case 'email':
      return message.text ?? '';
    case 'sms':
    case 'chat':
      return message.text;
    case 'push':
    case 'in_app':
      return message.body;
    case 'webhook':
      return JSON.stringify(message.payload);
  }
};

export const addressOf = (message: Message): string => {
  switch (message.channel) {
    case 'email':
    case 'sms':
      return message.to;
    case 'push':
      return message.to.token;
    case 'in_app':
      return message.userId;
    case 'chat':
      return JSON.stringify(message.to);
    case 'webhook':
      return message.url;
  }
};

const listed: readonly Channel[] = ['email', 'sms', 'push'];
const addressIdOf = (message: Message): string | null => (listed.includes(message.channel) ? idsOfAddresses(message.channel, addressOf(message)) : null);

type Knowing = { ended: Ended; stories: ReadonlyMap<string, Story>; wishes: Wishes; complain: Complain };

export const messagesBroken = ({ ended, stories, wishes, complain }: Knowing): void => {
  const seen = new Map<string, number>();
  const count = (key: string): boolean => seen.set(key, (seen.get(key) ?? 0) + 1).get(key) === 2;
  for (const one of ended.taken) {
    const { message } = one;
    const story = stories.get(message.notificationId);
    if (!story) {
      complain(`${one.reference} is of a notification that nobody asked for`);
      continue;
    }
    complain(count(`delivery ${message.deliveryId}`) && `delivery ${message.deliveryId} was sent twice, at last as ${one.reference}`);
    for (const marker of markersIn(wordsIn(message)))
      complain(count(`${marker} ${message.channel} ${addressOf(message)}`) && `${marker} was told twice by ${message.channel}, at last as ${one.reference}`);
    speaksOfNobodyElse(one, story, complain);
    goesToTheRightPlace(one, story, { ended, complain });
    isWanted(one, story, { wishes, complain });
    comesInTime(one, story, { ended, wishes, complain });
    isRecorded(one, story, { ended, wishes, complain });
  }
  for (const story of stories.values()) isShownOnce(story, { wishes, complain, count });
  isWithinLimits({ ended, stories, complain });
};

/** Where nobody is cut off, it is known of all that was sent; but where the person's devices changed while two were at it. */
const isRecorded = ({ message, reference }: Taken, { state, told }: Story, { ended, wishes, complain }: Omit<Knowing, 'stories'>): void => {
  const person = told[0]?.person ?? '';
  const changed = wishes.lostDevice(person) || ended.moves.filter((one) => one.person === person).length > 1 || ended.answered.erased.size > 0;
  const toDevices = state.deliveries.some(({ channel }) => channel === 'push');
  if (ended.plan.faulty > 0 || (toDevices && changed)) return;
  const delivery = state.deliveries.find(({ id }) => id === message.deliveryId);
  complain(delivery?.facts.sent === undefined && `${reference} was sent, and nobody recorded it`);
};

/** In the app it is the event that tells. */
const isShownOnce = (story: Story, { wishes, complain, count }: Pick<Knowing, 'wishes' | 'complain'> & { count: (key: string) => boolean }): void => {
  for (const { type, data, position } of story.events) {
    if (type !== 'InAppDelivered') continue;
    const { deliveryId, userId, content } = data;
    complain(count(`delivery ${deliveryId}`) && `delivery ${deliveryId} was shown twice`);
    const [first] = story.told;
    complain(first?.person !== userId && `${deliveryId} was shown to ${userId}`);
    for (const request of story.told)
      complain(
        wishes.unwanted({ ...aboutOf(request, 'in_app'), addressId: null }, story.position, position) && `${request.asked.marker} was shown, and not wanted`,
      );
    if (!content || !first) continue;
    complain(othersIn(JSON.stringify(content), first.person).length > 0 && `${deliveryId} shows data of others`);
    const said = markersIn(content.body);
    complain(said.join() !== story.told.map(({ asked }) => asked.marker).join() && `${deliveryId} shows ${said.join()}`);
    for (const marker of said) complain(count(`${marker} in_app ${userId}`) && `${marker} was shown twice`);
  }
};

/** The clocks of processes differ by that much, in milliseconds. */
const skewMs = 100_000;

/** Each took a share of a window that began since the first was asked for. */
const isWithinLimits = ({ ended, stories, complain }: Omit<Knowing, 'wishes'>): void => {
  const limited = ended.taken.filter(({ message }) => stories.get(message.notificationId)?.state.priority === 'normal');
  for (const { per, channel, category, limit, windowSeconds } of ended.plan.limits.limits) {
    const counted = limited.flatMap(({ message, at }) => {
      const { state } = stories.get(message.notificationId) ?? {};
      const counts = (channel ?? message.channel) === message.channel && (category ?? state?.category) === state?.category;
      return counts ? [{ at, key: per === 'recipient' ? `${state?.userId} ${message.channel}` : `${state?.category}` }] : [];
    });
    const first = Math.min(...[...stories.values()].map(({ state }) => Date.parse(state.at ?? ''))) - skewMs;
    for (const [key, those] of Map.groupBy(counted, (one) => one.key)) {
      const last = Math.max(...those.map(({ at }) => at));
      const most = limit * (Math.floor((last - first) / (windowSeconds * 1_000)) + 1);
      complain(those.length > most && `${those.length} were sent to ${key}, and ${most} at most should have been`);
    }
  }
};

const speaksOfNobodyElse = ({ message, reference }: Taken, { told, state }: Story, complain: Complain): void => {
  const [first] = told;
  if (!first || first.person !== state.userId) {
    complain(`${reference} is of a request that nobody made`);
    return;
  }
  const others = othersIn(JSON.stringify(message), first.person);
  complain(others.length > 0 && `${reference} is to ${first.person}, and has data of ${others.join(', ')}`);
  const said = markersIn(wordsIn(message));
  const wanted = told.map(({ asked }) => asked.marker);
  complain(said.join() !== wanted.join() && `${reference} should tell ${wanted.join()}, and tells ${said.join()}`);
  complain(said.some((marker) => personOf(marker) !== first.person) && `${reference} tells of somebody else's`);
};

/** Where the caller said, or where the person is, or was since it was asked for. */
const goesToTheRightPlace = ({ message, reference, by }: Taken, { told, position }: Story, { ended, complain }: Pick<Knowing, 'ended' | 'complain'>): void => {
  const address = addressOf(message);
  const given = told.flatMap(({ body: { to = {} } }) => [
    to.email,
    to.phone,
    to.webhookUrl,
    to.slackChannel && JSON.stringify({ slackChannel: to.slackChannel }),
  ]);
  const moves = ended.moves.filter(({ person }) => person === told[0]?.person);
  const current = moves.findLast((one) => one.position <= position);
  const possible = [current, ...moves.filter((one) => one.position > position && one.position < BigInt(by.head))];
  const known = possible.flatMap((one) => (one ? [one.contacts.email, one.contacts.phone, ...one.contacts.pushTokens.map(({ token }) => token)] : []));
  const ofCaller = given.filter((one) => one !== undefined);
  const wanted = message.channel === 'email' && told.every(({ body }) => body.to?.email !== undefined) ? ofCaller : [...ofCaller, ...known];
  complain(!wanted.includes(address) && `${reference} went to ${address}, where nobody wanted it: ${wanted.join(', ')}`);
};

const aboutOf = (request: Accepted, channel: Channel) => ({
  person: request.person,
  channel,
  category: categoryOf(request),
  critical: request.asked.priority === 'critical',
});

/** Not to who did not want it when it was asked for, and has not changed their mind since. */
const isWanted = ({ message, reference, by }: Taken, { told, position }: Story, { wishes, complain }: Pick<Knowing, 'wishes' | 'complain'>): void => {
  for (const request of told) {
    const unwanted = wishes.unwanted({ ...aboutOf(request, message.channel), addressId: addressIdOf(message) }, position, BigInt(by.head));
    complain(unwanted && `${reference} tells ${request.asked.marker}, which was not wanted`);
  }
};

const comesInTime = ({ reference, by }: Taken, story: Story, { ended, wishes, complain }: Omit<Knowing, 'stories'>): void => {
  const { told, state, position, id } = story;
  const [first] = told;
  if (!first) return;
  const erased = ended.answered.erased.get(first.person);
  complain(erased !== undefined && by.begun > erased && `${reference} went to ${first.person}, who was erased`);
  // Another process may learn of it a moment later.
  const canceled = ended.answered.canceled.get(id);
  const couldKnow = story.events.some(({ type, position: at }) => type === 'NotificationCanceled' && at < by.seen);
  complain(canceled !== undefined && by.begun > canceled && couldKnow && `${reference} was sent after it had been called off`);
  complain(by.clock !== null && state.sendAt !== undefined && by.clock < Date.parse(state.sendAt) && `${reference} was sent too early`);
  const waits = told.every(({ asked }) => asked.priority === 'normal');
  const quiet = waits && by.clock !== null && wishes.quiet(first.person, by.clock, position, BigInt(by.head));
  complain(quiet && `${reference} came in quiet hours`);
};
