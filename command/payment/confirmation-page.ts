import { formatMoney } from '../../domain/money.ts';
import type { Waiting } from '../../providers/payment/sandbox/sandbox.ts';

const words: Record<Waiting['status'], string> = {
  requires_action: '',
  succeeded: 'You have approved this payment.',
  declined: 'You have refused this payment.',
  failed: 'This payment failed.',
  canceled: 'This payment was canceled by the shop.',
};

/** The sandbox bank's page. It runs no script; its form posts to where it came from. */
export const confirmationPage = ({ status, amount, currency, returnUrl }: Waiting): { html: string; contentSecurityPolicy: string } => {
  const form = `<form method="post">
      <button name="approve" value="true">Approve</button>
      <button name="approve" value="false" class="plain">Refuse</button>
    </form>`;
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Confirm your payment</title>
    <style>
      body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 12vh auto; padding: 0 1rem; color: #1c2430; background: #f4f6f8; }
      main { background: #fff; border-radius: 0.75rem; padding: 2rem; box-shadow: 0 1px 4px #0002; }
      strong { display: block; font-size: 2rem; margin: 0.5rem 0 1.5rem; }
      button { font: inherit; padding: 0.6rem 1.4rem; border: 1px solid #1f5eff; border-radius: 0.5rem; background: #1f5eff; color: #fff; cursor: pointer; }
      button.plain { background: #fff; color: #1f5eff; }
      button:focus-visible { outline: 3px solid #ffb000; outline-offset: 2px; }
    </style>
  </head>
  <body>
    <main>
      <h1>Sandbox bank</h1>
      <p>A shop asks you to pay<strong>${formatMoney({ amount, currency })}</strong></p>
      ${status === 'requires_action' ? form : `<p role="status">${words[status]}</p>`}
    </main>
  </body>
</html>
`;
  return {
    html,
    contentSecurityPolicy: `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${originOf(returnUrl)}; frame-ancestors *; base-uri 'none'`,
  };
};

// Browsers hold a form's redirect to `form-action` too.
const originOf = (url: string | null): string => (url !== null && URL.canParse(url) ? new URL(url).origin : '');
