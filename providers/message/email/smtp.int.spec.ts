import { createServer, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import { type Listening, listening } from '../../../test/support/listening.ts';
import type { EmailMessage } from '../channel.ts';
import { channelContract, type Opened } from '../contract.ts';
import { fullMessage, emailMessage as message } from './fake-vendors/examples.ts';
import { smtp } from './smtp.ts';

type Settings = { connectTimeoutMs?: number; silenceTimeoutMs?: number; url?: (port: number) => string };

const connect = async ({ port, close }: Pick<Listening, 'port' | 'close'>, arrived: () => number, settings: Settings): Promise<Opened<'email'>> => {
  const { connectTimeoutMs = 10_000, silenceTimeoutMs = 10_000, url = () => `smtp://127.0.0.1:${port}` } = settings;
  const channel = await smtp({
    url: url(port),
    from: { name: 'The Shop', address: 'shop@example.org' },
    connectTimeoutMs,
    silenceTimeoutMs,
    maxConnections: 3,
  });
  return {
    channel,
    arrived: async () => arrived(),
    close: async () => {
      await channel.close();
      await close();
    },
  };
};

type Mail = { raw: string; from: string; to: string; secure: boolean; user: unknown };

/** A real SMTP server; `options` change what it does. */
const server = async (options: SMTPServerOptions = {}, settings: Settings = {}) => {
  const mails: Mail[] = [];
  const smtpServer = new SMTPServer({
    authOptional: true,
    closeTimeout: 200,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          raw: Buffer.concat(chunks).toString(),
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo[0]?.address ?? '',
          secure: session.secure,
          user: session.user,
        });
        done();
      });
    },
    ...options,
  });
  smtpServer.on('error', () => {});
  const started = await listening(smtpServer.server as Server);
  // Under TLS the sockets are the server's to end.
  const close = options.secure === true ? () => new Promise<void>((resolve) => smtpServer.close(resolve)) : started.close;
  const opened = await connect({ ...started, close }, () => mails.length, settings);
  return { ...opened, mails, cut: started.close, hangUp: started.hangUp };
};

const answering = (responseCode: number, text = 'no <ada@example.com> here') => Object.assign(new Error(text), { responseCode });

/** A server of our own that follows a script: what it answers to each command, `cut` to hang up, nothing to be silent. */
const scripted = async (script: Record<string, string>, settings: Settings = {}): Promise<Opened<'email'>> => {
  const answer = (socket: Socket, key: string) => {
    const reply = script[key];
    if (reply === 'cut') socket.destroy();
    else if (reply !== undefined) socket.write(`${reply}\r\n`);
  };
  const started = await listening(
    createServer((socket) => {
      answer(socket, 'greeting');
      let inData = false;
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk.toString();
        for (;;) {
          const end = inData ? seen.indexOf('\r\n.\r\n') + 3 : seen.indexOf('\r\n');
          if (end < (inData ? 3 : 0)) return;
          const line = seen.slice(0, end);
          seen = seen.slice(end + 2);
          const key = inData ? 'message' : (line.split(/[ :]/)[0] ?? '');
          inData = key === 'DATA';
          answer(socket, key);
        }
      });
    }),
  );
  return connect(started, () => 0, settings);
};
const polite = {
  greeting: '220 hello',
  EHLO: '250 hello',
  HELO: '250 hello',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  message: '250 taken',
  RSET: '250 ok',
  QUIT: '221 bye',
};

channelContract('SMTP', {
  message,
  open: {
    works: () => server(),
    down: async () => {
      const opened = await server();
      await opened.cut();
      return opened;
    },
    refuses: () => server({ onRcptTo: (_, __, done) => done(answering(550)) }),
    busy: () => server({ onRcptTo: (_, __, done) => done(answering(451)) }),
    locks_us_out: () =>
      server(
        { authOptional: false, allowInsecureAuth: true, onAuth: (_, __, done) => done(answering(535)) },
        { url: (port) => `smtp://shop:wrong@127.0.0.1:${port}` },
      ),
    cut_before: () => scripted({ ...polite, RCPT: 'cut' }),
    silent_before: () => scripted({}, { connectTimeoutMs: 300 }),
    garbled_before: () => scripted({ ...polite, greeting: 'HTTP/1.1 400 Bad Request' }),
    cut_after: () => scripted({ ...polite, message: 'cut' }),
    silent_after: () => {
      const { message: _, ...silent } = polite;
      return scripted(silent, { silenceTimeoutMs: 1_000 });
    },
    garbled_after: () => scripted({ ...polite, message: 'Moved Permanently' }),
  },
});

describe('e-mail over SMTP', () => {
  const send = async (opened: Opened<'email'>, change: Partial<EmailMessage> = {}) => {
    try {
      return await opened.channel.send({ ...message('0f0e8dd4-93c1-4a15-9a43-3f1f0ad0b9d7'), ...change });
    } finally {
      await opened.close();
    }
  };

  it('brings text and HTML, with an id that derives from the delivery', async () => {
    const opened = await server();
    expect(await send(opened)).toEqual({ status: 'accepted', reference: '<0f0e8dd4-93c1-4a15-9a43-3f1f0ad0b9d7@example.org>' });
    const [mail] = opened.mails;
    expect(mail).toMatchObject({ from: 'shop@example.org', to: 'ada@example.com' });
    expect(mail?.raw).toContain('Message-ID: <0f0e8dd4-93c1-4a15-9a43-3f1f0ad0b9d7@example.org>');
    expect(mail?.raw).toMatch(/^From: "?The Shop"? <shop@example.org>/m);
    expect(mail?.raw).toContain('multipart/alternative');
    expect(mail?.raw).toContain('Thank you, <b>Ada</b>.');
    expect(mail?.raw).toMatch(/^Auto-Submitted: auto-generated/m);
  });

  it('brings attachments, where to reply to, and one click to unsubscribe', async () => {
    const opened = await server();
    expect(await send(opened, fullMessage('d1'))).toMatchObject({ status: 'accepted' });
    const raw = opened.mails[0]?.raw ?? '';
    expect(raw).toMatch(/^Reply-To: help@example.org/m);
    expect(raw).toMatch(/^X-Delivery-Id: d1/im);
    expect(raw).toMatch(/^List-Unsubscribe: <https:\/\/shop.example.org\/unsubscribe\?token=t1>/m);
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
    expect(raw).toContain('filename=receipt.txt');
    expect(raw).toContain('MTAuNTA=');
  });

  it('offers no one click where that would go over the wire in the clear', async () => {
    const opened = await server();
    await send(opened, { unsubscribeUrl: 'http://localhost/unsubscribe' });
    expect(opened.mails[0]?.raw).toMatch(/^List-Unsubscribe: <http:/m);
    expect(opened.mails[0]?.raw).not.toContain('List-Unsubscribe-Post');
  });

  it('logs in over STARTTLS', async () => {
    const opened = await server(
      {
        authOptional: false,
        disabledCommands: [],
        onAuth: ({ username, password }, _, done) => (password === 'secret' ? done(null, { user: username }) : done(answering(535))),
      },
      { url: (port) => `smtp://shop:secret@127.0.0.1:${port}?tls.rejectUnauthorized=false` },
    );
    expect(await send(opened)).toMatchObject({ status: 'accepted' });
    expect(opened.mails[0]).toMatchObject({ secure: true, user: 'shop' });
  });

  it('speaks TLS from the first byte with smtps', async () => {
    const opened = await server({ secure: true }, { url: (port) => `smtps://127.0.0.1:${port}?tls.rejectUnauthorized=false` });
    expect(await send(opened)).toMatchObject({ status: 'accepted' });
  });

  it('does not trust a certificate that nobody vouches for', async () => {
    const opened = await server({ secure: true }, { url: (port) => `smtps://127.0.0.1:${port}` });
    expect(await send(opened)).toMatchObject({ status: 'unavailable' });
    expect(opened.mails).toEqual([]);
  });

  it.each([
    [421, 'unavailable'],
    [452, 'throttled'],
    [554, 'rejected'],
  ])('takes a %i after the message for the answer that it is: %s', async (code, status) => {
    const outcome = await send(
      await server({
        onData: (stream, _, done) => {
          stream.on('end', () => done(answering(code))).resume();
        },
      }),
    );
    expect(outcome).toMatchObject({ status, reason: expect.stringContaining('no <address> here') });
  });

  it('names the code of a refusal, which is for good', async () => {
    const outcome = await send(await server({ onRcptTo: (_, __, done) => done(answering(553)) }));
    expect(outcome).toMatchObject({ status: 'rejected', code: '553', permanent: true });
  });

  it('does not ask a server to take what is no address, or a subject of two lines', async () => {
    const opened = await server();
    expect(await opened.channel.send({ ...message('d1'), to: 'ada@example.com\r\nbcc: eve@example.com' })).toMatchObject({
      status: 'rejected',
      code: 'invalid_address',
    });
    expect(await send(opened, { subject: 'Hello\r\nBcc: eve@example.com' })).toMatchObject({ status: 'rejected', permanent: true });
    expect(opened.mails).toEqual([]);
  });

  it('takes another connection when the server has closed an idle one', async () => {
    const opened = await server();
    expect(await opened.channel.send(message('d1'))).toMatchObject({ status: 'accepted' });
    opened.hangUp();
    expect(await opened.channel.send(message('d2'))).toMatchObject({ status: 'accepted' });
    await opened.close();
    expect(opened.mails).toHaveLength(2);
  });
});
