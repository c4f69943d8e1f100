/**
 * Turns many single writes into few: while batches are being written the next one gathers. `write` answers each item in its order;
 * what it throws is thrown to each of the batch.
 */
export const inBatches = <I, O>(write: (items: readonly I[]) => Promise<readonly O[]>, { size = 200, atOnce = 2 } = {}): ((item: I) => Promise<O>) => {
  type Waiting = { item: I; resolve: (answer: O) => void; reject: (error: unknown) => void };
  const gathered: Waiting[] = [];
  let writing = 0;

  const next = async (): Promise<void> => {
    const batch = gathered.splice(0, size);
    if (batch.length === 0) return;
    writing += 1;
    try {
      const answers = await write(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer === undefined) reject(new Error('a batch came back with fewer answers than it had items'));
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      writing -= 1;
      void next();
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      gathered.push({ item, resolve, reject });
      if (writing < atOnce) queueMicrotask(() => void (writing < atOnce && next()));
    });
};
