import { code, type Failure, failure } from '../failure.ts';
import type { GroupName } from './requests.ts';

const about = (exception: string, { source, group }: GroupName) => ({ exception, 'stream-name': source, 'group-name': group });

export const doesNotExist = (name: GroupName): Failure =>
  failure(code.notFound, `Subscription group ${name.group} on stream ${name.source} does not exist.`, about('persistent-subscription-does-not-exist', name));

export const exists = (name: GroupName): Failure =>
  failure(code.alreadyExists, `Subscription group ${name.group} on stream ${name.source} exists.`, about('persistent-subscription-exists', name));

export const dropped = (name: GroupName): Failure =>
  failure(code.cancelled, `Subscription group ${name.group} on stream ${name.source} was dropped.`, about('persistent-subscription-dropped', name));

export const maximumSubscribersReached = (name: GroupName): Failure =>
  failure(
    code.failedPrecondition,
    `Maximum subscriptions reached for subscription group ${name.group} on stream ${name.source}.`,
    about('maximum-subscribers-reached', name),
  );
