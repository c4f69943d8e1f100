import { verify } from '../../../platform/event-store/hash-chain.ts';
import { endingsBroken } from './endings-broken.ts';
import { messagesBroken } from './messages-broken.ts';
import type { Ended } from './schedule.ts';
import { storiesOf } from './story.ts';
import { wishesIn } from './wishes.ts';

/** What is broken once everything has come to rest: nothing, one hopes. */
export const brokenIn = (ended: Ended): readonly string[] => {
  const broken = [...ended.complaints];
  const complain = (text: string | false) => void (text !== false && broken.push(text));
  const stories = storiesOf(ended);
  for (const { id } of ended.answered.accepted) complain(!stories.has(id) && `${id} was accepted and is lost`);
  for (const { id, told } of stories.values()) complain(told.length === 0 && `nobody asked for ${id}`);
  const knowing = { ended, stories, wishes: wishesIn(ended.events), complain };
  messagesBroken(knowing);
  endingsBroken(knowing);
  for (const [stream, events] of Map.groupBy(ended.stored, (one) => one.stream)) complain(!verify(events).verified && `${stream} is not as it was written`);
  return [...new Set(broken)];
};
