import { vi } from 'vitest';
import type { Contacts } from '../../../domain/notification/contacts.ts';
import { isPending } from '../../../domain/notification/delivery.ts';
import type { Recorded } from '../../../platform/event-store/recorded.ts';
import type { Choices } from '../choices.ts';
import { type Run, settled } from '../run.ts';
import { type Act, type Plan, planOf } from './acts.ts';
import type { Answered } from './callers.ts';
import type { Taken } from './ledger.ts';
import { contactsOfPerson, type Person, people } from './people.ts';
import { stepper } from './steps.ts';
import { openWorld, type World } from './world.ts';

const day = Date.parse('2026-01-05T00:00:00Z');
const chaosSteps = 220;
const calmSteps = 3_000;

export type Ended = {
  complaints: readonly string[];
  events: readonly Recorded[];
  stored: World['memory']['events'];
  taken: readonly Taken[];
  told: World['post']['told'];
  answered: Answered;
  /** The contacts that people had, from which position on. */
  moves: readonly { person: Person; contacts: Contacts; position: bigint }[];
  plan: Plan;
  steps: number;
};

/** Some people's lives, in which everything goes wrong as `choices` say, and then nothing any more until all has come to rest. */
export const runSchedule = async (choices: Choices, trace: (text: () => string) => void = () => {}): Promise<Ended> => {
  const plan = planOf(choices);
  const run: Run = { choices, trace, now: day + plan.hour * 3_600_000, calm: true, complaints: [] };
  vi.useFakeTimers({ now: run.now, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    return await live(run, plan);
  } finally {
    vi.useRealTimers();
  }
};

const live = async (run: Run, plan: Plan): Promise<Ended> => {
  let steps = 0;
  const world = openWorld(run, plan, () => steps);
  let ids = 0;
  const give = (act: Act): void => {
    ids += 1;
    world.callers.give({ act, commandId: `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`, at: run.now }, world.someLife());
  };
  const step = stepper(run, world, give, [...plan.acts]);
  const until = async (limit: number): Promise<boolean> => {
    for (let more = limit; more > 0; more -= 1, steps += 1) {
      if (!(await step())) return true;
      await settled();
    }
    return false;
  };
  for (const person of people) give({ type: 'move', person, contacts: contactsOfPerson(person, 0, { phone: true, tokens: 1 }) });
  await settled();
  run.calm = false;
  await until(chaosSteps);
  run.trace(() => '— from here on nothing goes wrong');
  run.calm = true;
  world.doors.releaseAll();
  await settled();
  if (!(await until(calmSteps)))
    run.complaints.push(
      `it never ends: ${world.queue
        .jobs()
        .map(({ id }) => id)
        .join(', ')}`,
    );
  return endOf(run, { world, plan, steps });
};

const endOf = async (run: Run, { world, plan, steps }: { world: World; plan: Plan; steps: number }): Promise<Ended> => {
  const { memory, codec: opening, ledger, post, callers, list } = world;
  for (const { id, document } of list.documents.values())
    if (document.state.deliveries.some(isPending)) run.complaints.push(`notification ${id} is left without an end`);
  const events = await opening.decode(memory.events);
  const moves = events.flatMap(({ type, metadata, position }) => {
    const move = type === 'ContactsSet' ? callers.answered.moves.get(metadata.commandId) : undefined;
    return move ? [{ ...move, position }] : [];
  });
  return {
    ...{ moves, events, complaints: run.complaints, stored: memory.events, taken: ledger.taken, told: post.told, answered: callers.answered, plan, steps },
  };
};
