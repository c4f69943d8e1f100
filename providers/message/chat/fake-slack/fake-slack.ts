import type { Answer, Reaction, Seen } from '../../webhook/fake-server/fake-server.ts';
import { faultOfAnswer, faultOfForm } from './specification.ts';

export const token = 'xoxb-bot';

const answered = (body: Record<string, unknown>): Answer => {
  const fault = faultOfAnswer(body);
  if (fault !== undefined) throw new Error(`Slack never answers like this: ${fault}`);
  return { status: 200, body };
};

/** chat.postMessage as Slack's OpenAPI document has it. `error`: what it answers instead. */
export const postMessage =
  (error?: string) =>
  ({ path, headers, body }: Seen): Reaction => {
    if (path !== '/api/chat.postMessage') return { status: 404 };
    if (headers.authorization !== `Bearer ${token}`) return answered({ ok: false, error: 'invalid_auth' });
    if (error !== undefined) return answered({ ok: false, error });
    const form = Object.fromEntries(new URLSearchParams(body));
    const fault = faultOfForm(form);
    if (fault !== undefined) return answered({ ok: false, error: 'invalid_form_data' });
    posted += 1;
    const ts = `1700000000.${String(posted).padStart(6, '0')}`;
    return answered({ ok: true, channel: form.channel, ts, message: { type: 'message', text: form.text, ts } });
  };
let posted = 0;
