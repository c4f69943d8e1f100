import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';

/** As `Exchange` of HTTP/1: `not_sent` if no byte of the request left, or the server says that it has not looked at it. */
export type Http2Exchange =
  | { status: 'answered'; http: number; headers: IncomingHttpHeaders; text: string }
  | { status: 'not_sent'; reason: string }
  | { status: 'unknown'; reason: string };

export type Http2Settings = { origin: string; timeoutMs: number; ca?: string | undefined };
export type Http2Exchanger = { post: (headers: OutgoingHttpHeaders, body: string) => Promise<Http2Exchange>; close: () => Promise<void> };

const longestAnswer = 16 * 1024;

type Opened = { session: ClientHttp2Session } | { failed: string };

/** POSTs over one connection, made when it is first needed and again after it was lost. Nothing is sent twice. */
export const openHttp2 = ({ origin, timeoutMs, ca }: Http2Settings): Http2Exchanger => {
  const target = new URL(origin);
  let current: Promise<Opened> | undefined;
  const start = (): Promise<Opened> => {
    const opening: Promise<Opened> = open(target, timeoutMs, ca, () => {
      if (current === opening) current = undefined;
    });
    current = opening;
    return opening;
  };
  return {
    post: async (headers, body) => {
      const connection = current ?? start();
      const opened = await connection;
      if ('failed' in opened) return { status: 'not_sent', reason: opened.failed };
      const retire = () => {
        if (current === connection) current = undefined;
        opened.session.close();
      };
      return exchange(opened.session, headers, body, timeoutMs, retire);
    },
    close: async () => {
      const opened = await current;
      current = undefined;
      if (opened && 'session' in opened) opened.session.destroy();
    },
  };
};

const open = (target: URL, timeoutMs: number, ca: string | undefined, lost: () => void): Promise<Opened> =>
  new Promise((resolve) => {
    const session = connect(target, ca === undefined ? {} : { ca });
    const timer = setTimeout(() => session.destroy(Object.assign(new Error('too late'), { code: 'TIMED_OUT' })), timeoutMs);
    const failed = (reason: string) => {
      lost();
      resolve({ failed: reason });
    };
    // Apple's settings are the first thing that tells a server that speaks from a socket that is merely open.
    session.once('remoteSettings', () => {
      clearTimeout(timer);
      resolve({ session });
    });
    session.on('error', (error) => failed(codeOf(error)));
    session.on('goaway', lost);
    session.on('close', () => {
      clearTimeout(timer);
      failed('the connection was closed');
    });
  });

const exchange = (session: ClientHttp2Session, headers: OutgoingHttpHeaders, body: string, timeoutMs: number, retire: () => void): Promise<Http2Exchange> =>
  new Promise((resolve) => {
    const stream = requestOn(session, headers);
    if (!stream) return resolve({ status: 'not_sent', reason: 'the connection is closing' });
    let answer: (IncomingHttpHeaders & IncomingHttpStatusHeader) | undefined;
    let text = '';
    // Who doesn't answer in time may have a connection that is dead: the next message has another, and those under way keep theirs.
    const timer = setTimeout(() => {
      retire();
      stream.close(constants.NGHTTP2_CANCEL);
      resolve({ status: 'unknown', reason: 'after sending: TIMED_OUT' });
    }, timeoutMs);
    const lost = (reason: string) => {
      const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      resolve(refused ? { status: 'not_sent', reason } : { status: 'unknown', reason: `after sending: ${reason}` });
    };
    stream.setEncoding('utf8');
    stream.on('response', (received) => {
      answer = received;
    });
    stream.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, longestAnswer);
    });
    stream.on('end', () => {
      if (answer) resolve({ status: 'answered', http: answer[':status'] ?? 0, headers: answer, text });
    });
    stream.on('error', (error) => lost(codeOf(error)));
    stream.on('close', () => {
      clearTimeout(timer);
      lost('no answer');
    });
    stream.end(body);
  });

const requestOn = (session: ClientHttp2Session, headers: OutgoingHttpHeaders): ClientHttp2Stream | undefined => {
  try {
    return session.request({ ':method': 'POST', ...headers });
  } catch {
    return undefined;
  }
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason given');
