import { ask, openSocket } from './api.js';

const longest = 30_000;

/**
 * A live feed that comes back by itself: with backoff and jitter, from the last sequence it has, at once when the network does.
 * `onState` is told `connecting`, `live`, `reconnecting` (with the milliseconds until then) or `refused` (with the reason).
 */
export const connectFeed = (userId, { onFrame, onState }) => {
  const path = `/api/v1/feed/${encodeURIComponent(userId)}`;
  let socket;
  let timer;
  let since;
  let failures = 0;
  let stopped = false;

  const open = async () => {
    clearTimeout(timer);
    onState('connecting');
    try {
      const mine = await openSocket('notification', `${path}/live${since === undefined ? '' : `?since=${since}`}`);
      if (stopped) return mine.close();
      socket = mine;
      mine.addEventListener('message', ({ data }) => {
        const frame = JSON.parse(data);
        failures = 0;
        since = frame.sequence;
        onState('live');
        onFrame(frame);
      });
      mine.addEventListener('close', () => mine === socket && !stopped && again());
    } catch (error) {
      again(error);
    }
    return undefined;
  };

  /** A browser doesn't say why a socket was refused; a plain request does. */
  const again = async (error) => {
    socket = undefined;
    const reason = await ask('notification', `${path}?limit=1`).then(
      () => error,
      (problem) => problem,
    );
    if (stopped) return;
    if (reason?.status >= 400 && reason.status < 500) return onState('refused', reason);
    const wait = Math.min(longest, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
    failures += 1;
    onState('reconnecting', wait);
    timer = setTimeout(open, wait);
  };

  const online = () => socket === undefined && !stopped && open();
  window.addEventListener('online', online);
  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    window.removeEventListener('online', online);
    socket?.close();
  };
};
