// When subscribers are told of what was written. With few callers at once; with many, while the next batch is being written: until then this
// process and those who append have enough to do, and who appends often subscribes too.
const LATEST_MS = 9;

export type News = {
  /** A batch has been written. */
  readonly written: () => void;
  /** The next one is on its way to the disk. */
  readonly writing: () => void;
};

export const newNews = (tell: () => void, isCrowded: () => boolean): News => {
  let latest: NodeJS.Timeout | undefined;
  const tellNow = () => {
    clearTimeout(latest);
    latest = undefined;
    tell();
  };
  return {
    written: () => {
      if (isCrowded()) latest ??= setTimeout(tellNow, LATEST_MS);
      else tellNow();
    },
    writing: () => {
      if (latest) setImmediate(tellNow);
    },
  };
};
