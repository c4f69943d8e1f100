// Prepared statements for what is written all the time. node-postgres puts a message together in buffers that it makes anew, and larger and
// larger, for each query: at ten thousand events a second that is most of the memory there is to collect.
// https://www.postgresql.org/docs/current/protocol-message-formats.html
import type pg from 'pg';
import type { Parameter } from './pg-parameters.ts';

/** Executes it on the connection that it was prepared on; resolves with the number of rows that it wrote: it must return none. One at a time: its memory is used again. */
export type Statement = (parameters: readonly Parameter[]) => Promise<number>;

/** Prepares the statement on this connection, for as long as it lasts; `name` is its alone. @throws PostgreSQL's refusal */
export const prepare = async (client: pg.Client, name: string, text: string): Promise<Statement> => {
  await submit(client, (connection) => {
    connection.parse({ name, text, types: [] }, true);
    connection.sync();
  });
  let message = newMessage(name);
  return async (parameters) => {
    const bytes = message(parameters);
    try {
      return await submit(client, ({ stream }) => void stream.write(bytes));
    } catch (error) {
      // Refused while its end was still on its way, perhaps.
      message = newMessage(name);
      throw error;
    }
  };
};

/** What node-postgres calls on a query. */
type Answers = {
  handleCommandComplete: (complete: { text: string }) => void;
  handleReadyForQuery: () => void;
  handleError: (error: Error) => void;
};

const submit = (client: pg.Client, send: (connection: pg.Connection) => void): Promise<number> =>
  new Promise((resolve, reject) => {
    let rows = 0;
    const query: pg.Submittable & Answers = {
      submit: send,
      handleCommandComplete: ({ text }) => {
        rows = Number(text.slice(text.lastIndexOf(' ') + 1));
      },
      handleReadyForQuery: () => resolve(rows),
      handleError: reject,
    };
    client.query(query);
  });

const KEPT_BYTES = 1024 * 1024;
const EXECUTE_AND_SYNC = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0x53, 0, 0, 0, 4]);

/** Bind with all parameters in binary, Execute and Sync. The server has read all of one before it says that it is done, so the next takes its place. */
const newMessage = (name: string): ((parameters: readonly Parameter[]) => Buffer) => {
  const nameBytes = Buffer.byteLength(name, 'utf8');
  let kept = Buffer.allocUnsafeSlow(4_096);
  const room = (size: number): Buffer => {
    if (size <= kept.length) return kept;
    const grown = Buffer.allocUnsafeSlow(Math.max(size, 2 * kept.length));
    if (size <= KEPT_BYTES) kept = grown;
    return grown;
  };
  return (parameters) => {
    let bind = 4 + 1 + nameBytes + 1 + 2 + 2 + 2 + 2;
    for (const { size } of parameters) bind += 4 + size;
    const total = 1 + bind + EXECUTE_AND_SYNC.length;
    const buffer = room(total);
    buffer[0] = 0x42;
    buffer.writeInt32BE(bind, 1);
    buffer[5] = 0;
    let at = 6 + buffer.write(name, 6, 'utf8');
    buffer[at++] = 0;
    at = buffer.writeInt16BE(1, at);
    at = buffer.writeInt16BE(1, at);
    at = buffer.writeInt16BE(parameters.length, at);
    for (const { size, write } of parameters) {
      at = buffer.writeInt32BE(size, at);
      write(buffer, at);
      at += size;
    }
    at = buffer.writeInt16BE(0, at);
    EXECUTE_AND_SYNC.copy(buffer, at);
    return buffer.subarray(0, total);
  };
};
