import { codec } from '../../../platform/event-store/codec.ts';
import { memoryStore } from '../../../platform/event-store/memory-store.ts';
import { inMemoryPersonalData } from '../../../platform/personal-data/in-memory.ts';
import { memoryRateLimit } from '../../../platform/rate-limit/memory.ts';
import { deliveryReferences } from '../../../projections/notification/delivery-references.ts';
import { notificationList } from '../../../projections/notification/notification-list.ts';
import { recipients } from '../../../projections/notification/recipients.ts';
import { openDoors } from '../doors.ts';
import { openQueue } from '../queue.ts';
import { oneOf, type Run } from '../run.ts';
import type { Plan } from './acts.ts';
import { openCallers } from './callers.ts';
import { callsOf } from './calls.ts';
import { openLedger } from './ledger.ts';
import { type Marks, marksOf } from './marks.ts';
import { catalogues, handlerOf, type ServiceLife, startProcess } from './platform.ts';
import { openPost } from './post.ts';
import { laggingModel } from './read-models.ts';
import { sendersOver } from './senders.ts';
import { laggingTail } from './tails.ts';
import { openTries } from './tries.ts';

/** Two processes, one log, the jobs, the read models, the providers, and some people: what is shared by all of them. */
export const openWorld = (run: Run, plan: Plan, step: () => number) => {
  const memory = memoryStore();
  const personalData = inMemoryPersonalData();
  const opening = codec({ catalogues, personalData });
  const shared = { memory, codec: opening };
  const known = laggingModel(recipients, shared);
  const list = laggingModel(notificationList, shared);
  const references = laggingModel(deliveryReferences, shared);
  const ledger = openLedger(run);
  const marks: Marks = new Map();
  const rateLimit = memoryRateLimit({ now: () => run.now });
  const tries = openTries(step);
  const queue = openQueue(run, (life: ServiceLife['process'], name) => tries.watched(life, handlerOf(life, name)));
  const callers = openCallers(run, step);
  const post = openPost(run, ledger);

  const kill = (life: ServiceLife): void => {
    run.trace(() => '  … a process is killed');
    life.alive = false;
    lives[lives.indexOf(life)] = born();
    doors.forget(life);
    queue.takeOver(life);
    callers.abandon(life);
    post.abandon(life);
  };
  const doors = openDoors<ServiceLife>(run, { memory, kill, faulty: plan.faulty });
  const born = (): ServiceLife => {
    const life = { alive: true, skewMs: 0, tail: laggingTail(shared) } as ServiceLife;
    const now = () => run.now + life.skewMs;
    const by = (notificationId: string) => ({ head: memory.events.length, ...tries.of(life.process, notificationId) });
    const process = startProcess({
      ...{
        now,
        store: doors.storeOf(life),
        codec: opening,
        personalData,
        recipients: known.model,
        references: references.model,
        tail: life.tail.tail,
        limits: plan.limits,
        rateLimit,
      },
      attempts: marksOf(life, marks, { run, doors, kill }),
      senders: sendersOver({ call: callsOf(life, { doors, ledger, kill }), by, now: () => run.now }),
      addJobs: (jobs) => life.alive && queue.add(jobs),
    });
    tries.register(process, { clock: now, seen: life.tail.seen });
    return Object.assign(life, { process });
  };
  const lives = [born(), born()];
  const someLife = () => (run.calm ? (lives[0] ?? born()) : oneOf(lives, run));
  const models = [known, list, references];
  return { memory, codec: opening, models, lives, list, ledger, queue, callers, post, doors, someLife };
};
export type World = ReturnType<typeof openWorld>;
