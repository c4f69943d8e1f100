// The whole answer is the word, as the networks ask: help.twilio.com/articles/223134027, CTIA's messaging principles 5.1.3.
const words = new Set(['stop', 'stopall', 'stop all', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout', 'opt out']);

/** Whether an answer to a text message says that there shall be no more of them. */
export const isStop = (text: string): boolean =>
  words.has(
    text
      .trim()
      .replace(/[.!]+$/, '')
      .toLowerCase(),
  );
