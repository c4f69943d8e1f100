/**
 * A user's in-app feed, kept in step with the service. Needs nothing but a browser; docs/feed.md says more.
 *
 * `url`: the service's base URL. `token(renew)`: gives the user's token, a new one where `renew`; may be async.
 * `onChange({ items, unseen, unread, sequence })`: all of it as it is now, newest first, without what is archived.
 * `onAdded(item)`: one that has come. `onState(name, detail)`: `connecting`, `live`, `offline`, `reconnecting` (with the milliseconds until
 * then) or `refused` (with the error; it is not tried again).
 */
export const connectFeed = ({ url, userId, token, onChange, onAdded = () => {}, onState = () => {}, pingMs = 30_000, retryMs = 500 }) => {
  const path = `${url.replace(/\/$/, '')}/api/v1/feed/${encodeURIComponent(userId)}`;
  let items = new Map();
  let [sequence, socket, timer, silence] = [];
  let [attempt, failures, live, renew, stopped] = [0, 0, false, false, false];

  const receive = (frame) => {
    sequence = frame.sequence;
    if (frame.type === 'snapshot') items = new Map(frame.data.map((item) => [item.id, item]));
    if (frame.item) items.set(frame.item.id, frame.item);
    if (frame.type === 'added') onAdded(frame.item);
    // Counts end a change: only then is it told.
    if (!('unread' in frame)) return;
    const shown = [...items.values()].filter(({ archived }) => !archived);
    shown.sort((a, b) => (a.at === b.at ? b.sequence - a.sequence : a.at < b.at ? 1 : -1));
    onChange({ items: shown, unseen: frame.unseen, unread: frame.unread, sequence });
  };

  const ask = async (suffix, body, again = false) => {
    const headers = { authorization: `Bearer ${await token(again)}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(path + suffix, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
    const { status, ok } = answer;
    if (status === 401 && !again) return ask(suffix, body, true);
    const content = await answer.json();
    if (ok) return content;
    throw Object.assign(new Error(content.detail), { status, code: content.code });
  };

  const open = async () => {
    clearTimeout(timer);
    const mine = ++attempt;
    live = false;
    onState('connecting');
    try {
      const bytes = new TextEncoder().encode(await token(renew));
      if (stopped || mine !== attempt) return;
      const bearer = btoa(String.fromCharCode(...bytes))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
      const since = sequence === undefined ? '' : `?since=${sequence}`;
      // A socket can't have headers from here: the token is a second protocol.
      socket = new WebSocket(`${path.replace(/^http/, 'ws')}/live${since}`, ['feed.v1', `bearer.${bearer}`]);
      socket.onclose = ({ code }) => mine === attempt && lost(code);
      socket.onmessage = ({ data }) => {
        if (mine !== attempt) return;
        if (!live) onState('live');
        [live, failures, renew] = [true, 0, false];
        listen(check, pingMs);
        const frame = JSON.parse(data);
        if (frame.type !== 'pong') receive(frame);
      };
    } catch (error) {
      retry(error);
    }
  };

  const listen = (then, ms) => {
    clearTimeout(silence);
    silence = setTimeout(then, ms);
  };
  // The line may be dead without our being told.
  const check = () => {
    listen(lost, pingMs / 3);
    socket.send('{"type":"ping"}');
  };
  const lost = async (code) => {
    clearTimeout(silence);
    const mine = ++attempt;
    socket.close();
    socket = undefined;
    renew = code === 4001;
    // A browser doesn't say why a socket was refused; a request does.
    const reason = live ? undefined : await ask('?limit=1').catch((error) => error);
    if (!stopped && mine === attempt) retry(reason);
  };
  const retry = (reason) => {
    if ([400, 401, 403, 404].includes(reason?.status)) return onState('refused', reason);
    if (globalThis.navigator?.onLine === false) return onState('offline');
    const wait = Math.min(30_000, retryMs * 2 ** failures++) * (0.5 + Math.random() / 2);
    onState('reconnecting', wait);
    timer = setTimeout(open, wait);
  };

  const online = () => (live && socket ? check() : open());
  globalThis.addEventListener?.('online', online);
  open();

  const mark = (verb) => async (ids) => {
    const selection = ids ? { ids } : { upTo: sequence ?? 0 };
    while ((await ask(`/${verb}`, selection)).more);
  };
  return {
    /** Each takes ids; the first three, without, all that has come so far. What has changed comes by `onChange`. */
    markSeen: mark('seen'),
    markRead: mark('read'),
    archive: mark('archive'),
    markUnread: mark('unread'),
    unarchive: mark('unarchive'),
    /** A page of it, older or filtered: `{ cursor, limit, archived, unread, category }` → `{ data, nextCursor, … }`. */
    list: (query = {}) => ask(`?${new URLSearchParams(query)}`),
    close: () => {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(silence);
      globalThis.removeEventListener?.('online', online);
      socket?.close();
    },
  };
};
