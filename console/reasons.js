import { plain } from './elements.js';

const words = {
  quiet_hours: 'It is their quiet hours.',
  limited: 'They have had as many as the limits let through.',
  channel_opt_out: 'They want nothing on this channel.',
  category_opt_out: 'They want nothing of this category here.',
  unsubscribed: 'They have unsubscribed.',
  hard_bounce: 'An earlier message came back from this address for good.',
  complaint: 'They have complained about an earlier message.',
  stop: 'They have answered STOP.',
  invalid: 'A provider says that there is no such address.',
  dead_token: 'The app is no longer on this device.',
  manual: 'Somebody of yours has put the address on the list of those that are not sent to.',
  no_address: 'No address of theirs is known for this channel.',
  recipient_erased: 'The person has been erased.',
  held_out: 'They are held out of the experiment, and get nothing.',
  digested: 'It is told together with others, in another notification.',
  canceled: 'It was called off.',
};

/** Why a delivery stands where it does, in words where it is a code of ours; what a provider says, or who called it off, as it is. */
export const reasonWords = (reason) => words[reason] ?? said(reason);

/** For a table's cell. */
export const inShort = (reason) => {
  const text = said(reason);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

/** Codes without underscores; sentences stay as they are. */
const said = (reason) => (/^[a-z][a-z0-9_]*$/.test(reason) ? plain(reason) : reason);
