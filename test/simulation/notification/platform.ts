import { asking } from '../../../command/notification/ask.ts';
import { contactsAggregate } from '../../../domain/notification/contacts.ts';
import { digestAggregate } from '../../../domain/notification/digest.ts';
import { noExperiments } from '../../../domain/notification/experiment/running.ts';
import type { Limits } from '../../../domain/notification/limits.ts';
import { messageWebhookAggregate } from '../../../domain/notification/message-webhook.ts';
import { notificationAggregate } from '../../../domain/notification/notification.ts';
import { preferencesAggregate } from '../../../domain/notification/preferences.ts';
import { suppressionAggregate } from '../../../domain/notification/suppression.ts';
import { personAggregate } from '../../../domain/person.ts';
import { addressIds } from '../../../platform/address-ids.ts';
import type { Codec } from '../../../platform/event-store/codec.ts';
import type { EventStore } from '../../../platform/event-store/event-store.ts';
import { openHandler } from '../../../platform/event-store/handle.ts';
import type { Tail } from '../../../platform/event-store/tail.ts';
import type { Job, JobHandler } from '../../../platform/jobs/jobs.ts';
import type { PersonalData } from '../../../platform/personal-data/personal-data.ts';
import type { memoryRateLimit } from '../../../platform/rate-limit/memory.ts';
import { chooseTemplate } from '../../../platform/templates/choose-template.ts';
import { renderer } from '../../../platform/templates/liquid.ts';
import { type DeliveryReference, referenceId } from '../../../projections/notification/delivery-references.ts';
import type { RecipientDocument } from '../../../projections/notification/recipients.ts';
import type { ReadModel } from '../../../projections/read-model.ts';
import type { Senders } from '../../../providers/message/sender.ts';
import { addressesOf } from '../../../query/notification/addresses-of.ts';
import { contactsOf } from '../../../query/notification/contacts-of.ts';
import { recipientReader } from '../../../query/notification/recipient-reader.ts';
import { receiptsQueue, receiptsWorker } from '../../../workers/notification/apply-receipts.ts';
import { deadAddress } from '../../../workers/notification/dead-address.ts';
import type { DeliveryAttempts } from '../../../workers/notification/delivery-attempts.ts';
import { digestWorker } from '../../../workers/notification/digests.ts';
import { digestQueue, notificationQueue } from '../../../workers/notification/jobs.ts';
import { openLimits } from '../../../workers/notification/limits.ts';
import { removePushToken, suppressAddress } from '../../../workers/notification/suppress.ts';
import { unsubscribeUrlFor } from '../../../workers/notification/unsubscribe-url.ts';
import { notificationWorker } from '../../../workers/notification/worker.ts';
import type { Life } from '../run.ts';
import { plainWebhooks, providers } from './senders.ts';
import type { LaggingTail } from './tails.ts';
import { templates } from './templates.ts';

export const catalogues = [
  contactsAggregate.catalogue,
  digestAggregate.catalogue,
  notificationAggregate.catalogue,
  preferencesAggregate.catalogue,
  suppressionAggregate.catalogue,
  personAggregate.catalogue,
  messageWebhookAggregate.catalogue,
];

/** What one process asks the world to do, one thing at a time; a process that was killed never hears of it again. */
export type World = {
  /** By the clock of this process. */
  now: () => number;
  store: EventStore;
  codec: Codec;
  personalData: PersonalData;
  tail: Tail;
  recipients: Pick<ReadModel<RecipientDocument>, 'load' | 'find' | 'reached'>;
  references: Pick<ReadModel<DeliveryReference>, 'get'>;
  attempts: DeliveryAttempts;
  senders: Senders;
  addJobs: (jobs: readonly Job[]) => void;
  limits: Limits;
  rateLimit: ReturnType<typeof memoryRateLimit>;
};

export const idsOfAddresses = addressIds('simulation');
const rendering = { templates, renderer: renderer() };
const choosing = chooseTemplate({ templates, experiments: noExperiments, recipientId: (key) => key });

/** One process of the service: its own memory, the shared log, and the same rules and workers as in production. */
export const startProcess = ({ store, codec, tail, personalData, recipients, references, attempts, senders, limits, rateLimit, ...world }: World) => {
  const now = () => new Date(world.now());
  const settings = { store, codec, tail, now, pause: async () => {} };
  const notifications = openHandler(notificationAggregate, settings);
  const digests = openHandler(digestAggregate, settings);
  const contacts = openHandler(contactsAggregate, settings);
  const preferences = openHandler(preferencesAggregate, settings);
  const suppressions = openHandler(suppressionAggregate, settings);
  const people = openHandler(personAggregate, settings);
  const messageWebhooks = openHandler(messageWebhookAggregate, settings);
  const suppress = suppressAddress({ suppressions, addressIds: idsOfAddresses });
  const jobs = { add: async (added: readonly Job[]) => world.addJobs(added) };
  const workers: Readonly<Record<string, JobHandler>> = {
    [notificationQueue]: notificationWorker({
      ...rendering,
      ...{ notifications, senders, attempts, jobs, now, addressId: idsOfAddresses, recipients: recipientReader({ recipients, addressIds: idsOfAddresses }) },
      dead: deadAddress({ suppress, removePushToken: removePushToken({ contacts }) }),
      limits: openLimits(() => limits, rateLimit),
      unsubscribeUrl: unsubscribeUrlFor({ urlFor: (link) => `https://unsubscribe.example/${JSON.stringify(link)}` }),
    }),
    [digestQueue]: digestWorker({ notifications, digests, templates, jobs, now }),
    [receiptsQueue]: receiptsWorker({
      ...{ messageWebhooks, notifications, suppress, now },
      providers: new Map(providers.map((name) => [name, plainWebhooks])),
      find: async (provider, reference) => (await references.get(referenceId(provider, reference)))?.document,
      confirm: async () => {},
      log: { info: () => {}, warn: () => {} },
    }),
  };
  return {
    ask: asking({ notifications, chooseTemplate: choosing, contacts: contactsOf({ contacts, recipients }), now }),
    ...{ notifications, contacts, preferences, suppressions, people, personalData, recipients, workers },
    idOf: idsOfAddresses,
    suppress,
    messageWebhooks,
    addressesOf: addressesOf({ contacts, recipients, addressIds: idsOfAddresses }),
  };
};
export type Process = ReturnType<typeof startProcess>;
/** `skewMs`: how far its clock is ahead. */
export type ServiceLife = Life<Process> & { skewMs: number; tail: LaggingTail };

export const handlerOf = ({ workers }: Process, queue: string): JobHandler => {
  const worker = workers[queue];
  if (!worker) throw new Error(`nobody works on ${queue}`);
  return worker;
};
