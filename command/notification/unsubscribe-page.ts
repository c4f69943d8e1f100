import { createHash } from 'node:crypto';

type Page = { html: string; contentSecurityPolicy: string };

/** Asks before it does anything: who looks at a link, or a scanner of mail, has unsubscribed from nothing. */
export const askToUnsubscribe = (category: string): Page =>
  page(
    'Unsubscribe',
    `<p>You get e-mail from us about <strong>${safe(inWords(category))}</strong>.</p>
    <form method="post">
      <button name="scope" value="category">Unsubscribe from ${safe(inWords(category))}</button>
      <button name="scope" value="everything" class="plain">Stop all e-mail</button>
    </form>
    <p class="quiet">What you can’t do without, such as a code to sign in with, still comes.</p>`,
  );

export const unsubscribed = (category: string, everything: boolean): Page =>
  page(
    'You are unsubscribed',
    `<p role="status">We send you no more e-mail${everything ? '' : ` about <strong>${safe(inWords(category))}</strong>`}.</p>
    ${
      everything
        ? ''
        : `<form method="post">
      <button name="scope" value="everything" class="plain">Stop all e-mail</button>
    </form>`
    }
    <p class="quiet">You can close this page.</p>`,
  );

export const unknownLink: () => Page = () =>
  page(
    'This link doesn’t work',
    `<p>It isn’t complete, or was changed on its way. Nothing was done.</p>
    <p class="quiet">Open the link in the message itself, or copy all of it.</p>`,
  );

const page = (title: string, content: string): Page => ({
  html: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${title}</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
    <h1>${title}</h1>
    ${content}
    </main>
  </body>
</html>
`,
  contentSecurityPolicy,
});

const inWords = (category: string): string => category.replaceAll('_', ' ');
const safe = (raw: string): string => raw.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6e8ec); --quiet: light-dark(#5c6370, #9aa2af); --paper: light-dark(#f4f6f8, #14171c); --card: light-dark(#fff, #1b2027); --accent: light-dark(#1f5eff, #8ab4f8); --on-accent: light-dark(#fff, #14171c) }
body { margin: 0; padding: 12vh 1rem 2rem; background: var(--paper); color: var(--ink); font: 1.1rem/1.5 system-ui, sans-serif }
main { max-width: 28rem; margin: 0 auto; padding: 2rem; border-radius: .75rem; background: var(--card); box-shadow: 0 1px 4px #0003 }
h1 { margin: 0 0 1rem; font-size: 1.5rem }
form { display: grid; gap: .75rem; margin: 1.5rem 0 }
button { padding: .7rem 1.4rem; border: 1px solid var(--accent); border-radius: .5rem; background: var(--accent); color: var(--on-accent); font: inherit; cursor: pointer }
button.plain { background: none; color: var(--accent) }
:focus-visible { outline: 3px solid #ffb000; outline-offset: 2px }
.quiet { color: var(--quiet); font-size: .95rem }
`;

const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;
