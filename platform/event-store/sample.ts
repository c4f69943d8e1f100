import { accept, type Decider, reject } from '../../domain/decider.ts';
import type { Context } from '../context.ts';
import type { Aggregate } from './aggregate.ts';

/** A small aggregate for the specs of this folder: an account that can't be overdrawn, with an owner who is a person. */
export type AccountEvent =
  | { type: 'AccountOpened'; data: { ownerId: string; owner: { name: string; phones: { number: string; kind: string }[] }; currency: string } }
  | { type: 'Deposited'; data: { depositId: string; amount: number } }
  | { type: 'Withdrawn'; data: { withdrawalId: string; amount: number } };

export type Account = { status: 'absent' } | { status: 'open'; owner: string | undefined; balance: number; done: ReadonlySet<string> };

export type AccountCommand =
  | { type: 'Open'; ownerId: string; name: string }
  | { type: 'Deposit'; depositId: string; amount: number }
  | { type: 'Withdraw'; withdrawalId: string; amount: number }
  | { type: 'DepositTwice'; depositId: string; amount: number };

export type AccountRejection = 'already_open' | 'not_found' | 'insufficient';

const decider: Decider<Account, AccountCommand, AccountEvent, AccountRejection> = {
  initialState: { status: 'absent' },
  decide: (command, account) => {
    if (command.type === 'Open') {
      const { ownerId, name } = command;
      const owner = { name, phones: [{ number: '+44 20 7946 0000', kind: 'home' }] };
      return account.status === 'absent' ? accept({ type: 'AccountOpened', data: { ownerId, owner, currency: 'GBP' } }) : reject('already_open');
    }
    if (account.status === 'absent') return reject('not_found');
    if (command.type === 'Withdraw') {
      const { withdrawalId, amount } = command;
      if (account.done.has(withdrawalId)) return accept();
      return amount > account.balance ? reject('insufficient') : accept({ type: 'Withdrawn', data: { withdrawalId, amount } });
    }
    const { depositId, amount } = command;
    if (account.done.has(depositId)) return accept();
    const deposited: AccountEvent = { type: 'Deposited', data: { depositId, amount } };
    return command.type === 'Deposit' ? accept(deposited) : accept(deposited, { type: 'Deposited', data: { depositId: `${depositId}'`, amount } });
  },
  evolve: (account, event) => {
    if (event.type === 'AccountOpened') return { status: 'open', owner: event.data.owner?.name, balance: 0, done: new Set() };
    if (account.status === 'absent') throw new Error(`${event.type} before AccountOpened`);
    switch (event.type) {
      case 'Deposited':
        return { ...account, balance: account.balance + event.data.amount, done: new Set(account.done).add(event.data.depositId) };
      case 'Withdrawn':
        return { ...account, balance: account.balance - event.data.amount, done: new Set(account.done).add(event.data.withdrawalId) };
    }
  },
};

export const account: Aggregate<Account, AccountCommand, AccountEvent, AccountRejection> = {
  category: 'account',
  decider,
  catalogue: {
    AccountOpened: { personal: ['owner.name', 'owner.phones.*.number'], subject: ({ ownerId }) => ownerId },
    Deposited: {},
    Withdrawn: {},
  },
};

export const contextOf = (commandId: string, requestHash?: string): Context => ({
  commandId,
  ...(requestHash !== undefined && { requestHash }),
  actor: 'key:test',
  correlationId: commandId,
  causationId: commandId,
});
