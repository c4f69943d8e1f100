// What our e-mails are made of, once as HTML and once as plain text. Tables and inline styles: what Outlook and Gmail understand; the
// classes are for the layout, which knows about darkness and small screens.
const font = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Courier New',monospace";

type Row = { label: string; value: string /** Left out where this variable isn't given. */; when?: string };
type Button = { label: string; url: string; when?: string };

/** All words are Liquid, and none holds markup: `<` would be a tag in one form and not in the other. */
export type Letter = {
  accent: string;
  heading: string;
  lead: readonly string[];
  /** A sum, in large. */
  amount?: string;
  /** To be typed somewhere. */
  code?: string;
  rows?: readonly Row[];
  /** A list of things: for each of the variable `of`, called `item`, a line, and what stands at its end and below it. */
  list?: { of: string; title: string; end?: string; below?: string; url?: string };
  after?: string;
  button?: Button;
  closing: string;
};

const given = (when: string | undefined, text: string): string => (when === undefined ? text : `{% if ${when} %}${text}{% endif %}`);

export const letterHtml = ({ accent, heading, lead, amount, code, rows = [], list, after, button, closing }: Letter): string =>
  [
    `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px"><tr><td width="44" height="4" style="width:44px;height:4px;line-height:4px;font-size:0;background:${accent};border-radius:2px">&nbsp;</td></tr></table>`,
    `<h1 class="ink" style="margin:0 0 14px;font:600 24px/31px ${font};color:#141a26">${heading}</h1>`,
    ...lead.map((text) => paragraph('soft', text, `0 0 16px;font:16px/25px ${font};color:#3d4657`)),
    ...(amount === undefined ? [] : [`<p class="ink big" style="margin:8px 0 20px;font:600 36px/44px ${font};color:#141a26">${amount}</p>`]),
    ...(code === undefined ? [] : [codeHtml(code)]),
    ...(list ? [listHtml(list)] : []),
    ...(rows.length > 0 ? [`${table}${rows.map(rowHtml).join('')}</table>`] : []),
    ...(after === undefined ? [] : [paragraph('soft', after, `16px 0 0;font:16px/25px ${font};color:#3d4657`)]),
    ...(button ? [given(button.when, buttonHtml(button, accent))] : []),
    paragraph('faint', closing, `24px 0 0;font:14px/22px ${font};color:#626c7c`),
  ].join('\n');

const table = '<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse">';
const cell = `padding:11px 0;border-top:1px solid #e4e7ec;font:14px/20px ${font};vertical-align:top`;

const paragraph = (kind: string, text: string, style: string): string => `<p class="${kind}" style="margin:${style}">${text}</p>`;

const rowHtml = ({ label, value, when }: Row): string =>
  given(
    when,
    `<tr><th scope="row" align="left" class="faint rule" style="${cell};padding-right:16px;color:#626c7c;font-weight:400;white-space:nowrap">${label}</th><td align="right" class="ink rule" style="${cell};color:#141a26;word-break:break-word">${value}</td></tr>`,
  );

const listHtml = ({ of, title, end, below, url }: NonNullable<Letter['list']>): string => {
  const name = `<span class="ink" style="font-weight:600;color:#141a26">${title}</span>`;
  const linked =
    url === undefined
      ? name
      : `{% if ${url} %}<a class="ink" href="{{ ${url} }}" style="font-weight:600;color:#141a26">${title}</a>{% else %}${name}{% endif %}`;
  const text = below === undefined ? '' : `{% if ${below} %}<br>{{ ${below} }}{% endif %}`;
  const last = end === undefined ? '' : `<td align="right" class="ink rule" style="${cell};padding-left:16px;color:#141a26;white-space:nowrap">${end}</td>`;
  return `{% if ${of} %}${table}{% for item in ${of} %}<tr><td class="soft rule" style="${cell};color:#3d4657;word-break:break-word">${linked}${text}</td>${last}</tr>{% endfor %}</table>{% endif %}`;
};

const codeHtml = (code: string): string =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 20px"><tr><td align="center" class="panel ink code" style="padding:20px 12px 20px 18px;background:#f2f4f7;border-radius:10px;font:600 32px/40px ${mono};letter-spacing:6px;color:#141a26">${code}</td></tr></table>`;

const buttonHtml = ({ label, url }: Button, accent: string): string =>
  `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0 0"><tr><td bgcolor="${accent}" style="border-radius:8px;background:${accent}"><a href="${url}" style="display:inline-block;padding:13px 26px;font:600 16px/22px ${font};color:#ffffff;text-decoration:none;border-radius:8px">${label}</a></td></tr></table>`;

/** The same in plain text. */
export const letterText = ({ heading, lead, amount, code, rows = [], list, after, button, closing }: Letter): string =>
  [
    heading,
    ...lead,
    ...(amount === undefined ? [] : [amount]),
    ...(code === undefined ? [] : [`    ${code}`]),
    ...(list ? [listText(list)] : []),
    ...(rows.length > 0 ? [rowsText(rows)] : []),
    ...(after === undefined ? [] : [after]),
    ...(button ? [given(button.when, `${button.label}: ${button.url}`)] : []),
    closing,
  ].join('\n\n');

const rowsText = (rows: readonly Row[]): string => {
  const width = Math.max(...rows.map(({ label }) => label.length)) + 2;
  return rows.map(({ label, value, when }) => given(when, `${`${label}:`.padEnd(width)}${value}\n`)).join('');
};

const listText = ({ of, title, end, below, url }: NonNullable<Letter['list']>): string => {
  const lines = [
    `- ${title}${end === undefined ? '' : `  ${end}`}\n`,
    ...(below === undefined ? [] : [given(below, `  {{ ${below} }}\n`)]),
    ...(url === undefined ? [] : [given(url, `  {{ ${url} }}\n`)]),
  ];
  return `{% for item in ${of} %}${lines.join('')}{% endfor %}`;
};

/** An e-mail of ours: the letter in the standard layout. */
export const email = (subject: string, preheader: string, letter: Letter) => ({
  subject,
  preheader,
  layout: 'standard',
  html: letterHtml(letter),
  text: letterText(letter),
});
