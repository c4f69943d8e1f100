import type { Contacts } from '../../../domain/notification/contacts.ts';
import { addressSubject } from '../../../domain/notification/suppression.ts';
import { personSubject } from '../../../domain/person.ts';
import { isProblem } from '../../../platform/http/problem.ts';
import { v5 } from '../../../platform/name-based-uuid.ts';
import { insist } from '../insist.ts';
import { type Run, taken } from '../run.ts';
import type { Act, Asked } from './acts.ts';
import type { Person } from './people.ts';
import type { Process, ServiceLife } from './platform.ts';

/** A request that was accepted. `n`: the step of the schedule at which it was answered. */
export type Accepted = { id: string; person: Person; asked: Asked; body: Parameters<Process['ask']>[0]; at: number };

/** What became of the acts, as far as it was answered: by step of the schedule. */
export type Answered = {
  accepted: Accepted[];
  /** The step at which the cancellation was answered, by notification. */
  canceled: Map<string, number>;
  /** The step at which it was answered, by person. */
  erased: Map<Person, number>;
  /** The contacts that were set, by the command that did it. */
  moves: Map<string, { person: Person; contacts: Contacts }>;
};

/** `target`: what is called off, the same at each try. */
type Given = { act: Act; commandId: string; at: number; target?: string | undefined };

/** Who asks, each request with a key of its own, again and again until it is answered. */
export const openCallers = (run: Run, step: () => number) => {
  const unanswered: Given[] = [];
  const answered: Answered = { accepted: [], canceled: new Map(), erased: new Map(), moves: new Map() };
  const { attempt, busy, abandon } = insist(run);

  const give = (given: Given, life: ServiceLife): void => {
    run.trace(() => `${given.act.type} ${JSON.stringify(given.act)}`);
    const { act } = given;
    const target = given.target ?? (act.type === 'cancel' ? answered.accepted.at(-1 - act.which)?.id : undefined);
    const again = () => void unanswered.push({ ...given, target });
    attempt(life, carryOut({ ...given, target }, life.process, { answered, step, now: new Date(run.now).toISOString() }), again, (said) =>
      run.trace(() => `  … ${given.act.type}: ${said}`),
    );
  };
  return {
    give,
    abandon,
    answered,
    unanswered: (): number => unanswered.length,
    busy: (): boolean => unanswered.length > 0 || busy(),
    askAgain: (life: ServiceLife): void => give(taken(unanswered, run), life),
  };
};

type Around = { answered: Answered; step: () => number; now: string };

const context = (commandId: string) => ({ commandId, requestHash: 'h', actor: 'key:shop', correlationId: commandId, causationId: commandId });

const carryOut = async ({ act, commandId, at, target }: Given, process: Process, { answered, step, now }: Around): Promise<string> => {
  const said = (handled: object): string => ('rejected' in handled ? String(handled.rejected) : 'done');
  switch (act.type) {
    case 'ask':
      return ask(act, { commandId, at }, process, answered);
    case 'cancel': {
      if (target === undefined) return 'nothing to cancel';
      const handled = await process.notifications.handle(target, { type: 'Cancel', at: now, reason: null }, context(commandId));
      if (!('rejected' in handled)) answered.canceled.set(target, step());
      return said(handled);
    }
    case 'prefer':
      return said(await process.preferences.handle(act.person, { type: 'Set', preferences: act.preferences, at: now }, context(commandId)));
    case 'unsubscribe': {
      const { person, category, channel } = act;
      return said(await process.preferences.handle(person, { type: 'Unsubscribe', category, channel, notificationId: null, at: now }, context(commandId)));
    }
    case 'move':
      answered.moves.set(commandId, act);
      if (await process.personalData.isErased(personSubject(act.person))) return 'person_erased';
      return said(await process.contacts.handle(act.person, { type: 'Set', contacts: act.contacts, at: now }, context(commandId)));
    case 'suppress':
    case 'lift':
      return list(act, process, { commandId, now });
    case 'erase': {
      await erase(act.person, process, { commandId, now });
      answered.erased.set(act.person, step());
      return 'done';
    }
  }
};

type When = { commandId: string; now: string };

const list = async (act: Extract<Act, { type: 'suppress' | 'lift' }>, process: Process, { commandId, now }: When): Promise<string> => {
  const state = (await process.contacts.load(act.person))?.state;
  const address = state?.status === 'set' ? { email: state.contacts.email, sms: state.contacts.phone }[act.channel] : null;
  if (address === null) return 'no address';
  if (act.type === 'lift') {
    await process.suppressions.handle(process.idOf(act.channel, address), { type: 'Lift', reason: null, at: now }, context(commandId));
    return 'done';
  }
  const { channel, reason, category, person } = act;
  await process.suppress({ channel, address, reason, category, at: now, userId: person });
  return 'done';
};

/** In the order of the route: the keys first. */
const erase = async (person: Person, process: Process, { commandId, now }: When): Promise<void> => {
  const addressIds = await process.addressesOf(person);
  await process.personalData.erase(personSubject(person));
  for (const id of addressIds) await process.personalData.erase(addressSubject(id));
  const handled = await process.people.handle(person, { type: 'Erase', addressIds, at: now }, context(commandId));
  if ('rejected' in handled) throw new Error(handled.rejected);
  if (!(await process.recipients.reached(handled.position, 5_000))) throw new Error('the read model is behind');
};

const ask = async (act: Extract<Act, { type: 'ask' }>, { commandId, at }: { commandId: string; at: number }, process: Process, answered: Answered) => {
  const { person, asked } = act;
  const body = bodyOf(person, asked, at);
  const outcome = await process.ask(body, context(commandId));
  if (isProblem(outcome)) return outcome.problem.code;
  const { id } = outcome;
  if (id !== v5('notification', commandId)) throw new Error('the same command made another notification');
  if (!answered.accepted.some((one) => one.id === id)) answered.accepted.push({ id, person, asked, body, at });
  return `accepted as ${id}`;
};

const bodyOf = (person: Person, { marker, channels, ready, category, priority, after, digestKey, elsewhere }: Asked, at: number): Accepted['body'] => ({
  userId: person,
  ...(elsewhere && {
    to: { email: `${person}.elsewhere@example.com`, slackChannel: `C-${person}`, webhookUrl: `https://hooks.example.com/${person}` },
  }),
  ...(ready ? { content: { subject: 'News', text: `[${marker}]` } } : { template: 'note', data: { marker } }),
  ...(channels && { channels }),
  ...(category !== undefined && { category }),
  priority,
  ...(after !== null && { sendAt: new Date(at + after).toISOString() }),
  ...(digestKey !== undefined && { digestKey }),
});
