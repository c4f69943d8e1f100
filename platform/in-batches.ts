/**
 * Turns many single writes into few: while batches are being written the next one gathers. `write` answers each item in its order;
 * what it throws is thrown to each of the batch. `apartMs`: batches begin so far apart at least, so that more gathers while there is much to
 * write; the first item after such a pause is written at once.
 */
export const inBatches = <I, O>(
  write: (items: readonly I[]) => Promise<readonly O[]>,
  { size = 200, atOnce = 2, apartMs = 0 } = {},
): ((item: I) => Promise<O>) => {
  type Waiting = { item: I; resolve: (answer: O) => void; reject: (error: unknown) => void };
  const gathered: Waiting[] = [];
  let writing = 0;
  let began = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const next = async (): Promise<void> => {
    const batch = gathered.splice(0, size);
    if (batch.length === 0) return;
    writing += 1;
    if (apartMs > 0) began = performance.now();
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
      start();
    }
  };

  const start = (): void => {
    if (writing >= atOnce || timer || gathered.length === 0) return;
    const early = apartMs === 0 ? 0 : began + apartMs - performance.now();
    if (early <= 0) return void next();
    timer = setTimeout(() => {
      timer = undefined;
      start();
    }, early);
  };

  return (item) =>
    new Promise((resolve, reject) => {
      gathered.push({ item, resolve, reject });
      if (writing < atOnce) queueMicrotask(start);
    });
};
