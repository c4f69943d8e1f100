/** What `work` comes to; undefined where it fails, or takes longer. `onFailure` is told why. */
export const inTime = async <T>(work: () => Promise<T>, ms: number, onFailure: (error: unknown) => void): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    onFailure(error);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
};
