// Tables and inline styles: what Outlook and Gmail understand. One column, 560 px at most, readable on a telephone and in the dark.
const font = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** `amount` and `rows` are Liquid; a row whose `when` isn't set for the person is left out. */
export type Frame = {
  title: string;
  preheader: string;
  accent: string;
  heading: string;
  lead: string;
  amount?: string;
  rows: readonly { label: string; value: string; when?: string }[];
  closing: string;
};

const row = ({ label, value, when }: Frame['rows'][number]): string => {
  const cell = `padding:10px 0;border-top:1px solid #e6e8eb;font:14px/20px ${font}`;
  const html = `<tr><th scope="row" align="left" style="${cell};color:#5f6b7a;font-weight:400">${label}</th><td align="right" style="${cell};color:#1a1f36;word-break:break-word">${value}</td></tr>`;
  return when === undefined ? html : `{% if ${when} %}${html}{% endif %}`;
};

const amountLine = (amount: string): string => `<p style="margin:0 0 24px;font:600 34px/40px ${font};color:#1a1f36">${amount}</p>
`;

/** The frame of our transactional e-mails, as Liquid. */
export const emailFrame = ({ title, preheader, accent, heading, lead, amount, rows, closing }: Frame): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>${title}</title>
</head>
<body style="margin:0;padding:0;background:#f4f5f7">
<div style="display:none;max-height:0;overflow:hidden">${preheader}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f5f7">
<tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:12px;overflow:hidden">
<tr><td style="height:6px;line-height:6px;font-size:0;background:${accent}">&nbsp;</td></tr>
<tr><td style="padding:32px 32px 8px">
<h1 style="margin:0 0 12px;font:600 22px/28px ${font};color:#1a1f36">${heading}</h1>
<p style="margin:0 0 20px;font:16px/24px ${font};color:#3c4257">${lead}</p>
${amount === undefined ? '' : amountLine(amount)}</td></tr>
<tr><td style="padding:0 32px">
<table width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse">
${rows.map(row).join('\n')}
</table>
</td></tr>
<tr><td style="padding:24px 32px 32px">
<p style="margin:0;font:14px/22px ${font};color:#5f6b7a">${closing}</p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
