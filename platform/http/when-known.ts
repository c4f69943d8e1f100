/** Uses what is known at once without a promise, which each request would pay for; what isn't, once it comes. */
export const whenKnown = <T>(value: T | Promise<T>, use: (value: T) => void, fail: (error: Error) => void): void => {
  if (value instanceof Promise) value.then(use).catch(fail);
  else use(value);
};
