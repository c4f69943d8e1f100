import type { Logger } from 'pino';
import { webhooksOfDay } from '../../domain/notification/message-webhook.ts';
import type { PersonalData } from '../../platform/personal-data/personal-data.ts';

const dayMs = 86_400_000;
/** For so long they can be read again; and so many days back it is made sure that they can't any more. */
const keptDays = 30;
const swept = 60;

/** Deletes the keys of webhooks that are older than a month: what they said is in the streams, the words of them name people. */
export const forgetWebhooks = async ({ erase, isErased }: Pick<PersonalData, 'erase' | 'isErased'>, now: Date): Promise<void> => {
  for (let age = keptDays + 1; age <= keptDays + swept; age += 1) {
    const day = webhooksOfDay(new Date(now.getTime() - age * dayMs).toISOString().slice(0, 10));
    if (!(await isErased(day))) await erase(day);
  }
};

/** Now, and every six hours. */
export const runForgetting = (personalData: Pick<PersonalData, 'erase' | 'isErased'>, log: Pick<Logger, 'warn'>): { stop: () => Promise<void> } => {
  const forget = () =>
    forgetWebhooks(personalData, new Date()).catch((err: unknown) => log.warn({ err }, 'old webhooks of messages could not be forgotten; it is tried again'));
  let running = forget();
  const timer = setInterval(() => {
    running = forget();
  }, dayMs / 4).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
};
