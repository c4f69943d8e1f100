import type { PaymentCommand } from '../../../domain/payment/commands.ts';
import type { Notice } from '../../../providers/payment/provider.ts';
import { insist } from '../insist.ts';
import { type Run, taken } from '../run.ts';
import { type PaymentLife, paymentId } from './platform.ts';

// What comes from outside: commands of a shop and webhooks of providers. Both come again until they are answered, and webhooks sometimes even then.

type Given = { id: string; command: PaymentCommand };

/** The shop's requests, each with an idempotency key of its own. */
export const openShop = (run: Run) => {
  const unanswered: Given[] = [];
  const { attempt, busy, abandon } = insist(run);
  const give = (given: Given, life: PaymentLife): void => {
    const { id, command } = given;
    run.trace(() => `command ${JSON.stringify(command)}`);
    const work = life.process.payments.handle(paymentId, command, { commandId: id, actor: 'shop', correlationId: id, causationId: id });
    attempt(
      life,
      work,
      () => void unanswered.push(given),
      (handled) => run.trace(() => `  … ${command.type}: ${'rejected' in handled ? handled.rejected : 'accepted'}`),
    );
  };
  return {
    give,
    abandon,
    unanswered: (): number => unanswered.length,
    busy: (): boolean => unanswered.length > 0 || busy(),
    askAgain: (life: PaymentLife): void => give(taken(unanswered, run), life),
  };
};

type Webhook = { id: string; provider: string; notice: Notice };

/** The webhooks on their way to us, in any order. */
export const openPost = (run: Run) => {
  const letters: Webhook[] = [];
  const { attempt, busy, abandon } = insist(run);
  return {
    send: (webhook: Webhook): void => void letters.push(webhook),
    abandon,
    waiting: (): number => letters.length,
    busy: (): boolean => letters.length > 0 || busy(),
    deliver: (life: PaymentLife): void => {
      const webhook = taken(letters, run);
      const { id, provider, notice } = webhook;
      run.trace(() => `webhook ${JSON.stringify(notice)}`);
      const again = () => void letters.push(webhook);
      if (!run.calm && run.choices.chance(0.3)) again();
      const received = { type: 'Receive' as const, provider, eventId: id, kind: notice.about, paymentId, body: JSON.stringify(notice) };
      const context = { commandId: `receive ${id}`, actor: `provider:${provider}`, correlationId: id, causationId: id };
      attempt(life, life.process.webhooks.handle(id, received, context), again, () => {});
    },
  };
};
