import type { EmailFrame, LayoutTemplate } from '../../../domain/notification/template.ts';

const font = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

// One column, 560 px at most; what sets no type and colour of its own has ours. Readers that know no style sheets show the inline styles, which are light and right as they are; those
// that do learn of darkness and of small screens.
const styles = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){.pad{padding:28px 22px 30px!important}.big{font-size:30px!important;line-height:38px!important}.code{font-size:26px!important;letter-spacing:4px!important}}
@media (prefers-color-scheme:dark){.page{background:#0f1318!important}.card{background:#1a2028!important;border-color:#2b333e!important}.ink{color:#f1f4f8!important}.soft{color:#c3cad5!important}.faint{color:#98a2b3!important}.rule{border-color:#2f3843!important}.panel{background:#262e38!important}}`;

const frame = ({ unsubscribe, about }: { unsubscribe: string; about: string }): EmailFrame => ({
  html: `<!doctype html>
<html lang="{{ locale }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<title>{{ subject }}</title>
<style>
${styles}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f2f4f7">
<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all">{{ preheader }}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f2f4f7">
<tr><td align="center" style="padding:32px 12px 40px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background:#ffffff;border:1px solid #e4e7ec;border-radius:14px">
<tr><td class="pad soft" align="left" style="padding:36px 40px 38px;font:16px/25px ${font};color:#3d4657">
{{ content }}
</td></tr>
</table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px">
<tr><td class="faint" align="center" style="padding:18px 22px 0;font:12px/18px ${font};color:#626c7c">${about}{% if unsubscribeUrl %}<br><a class="faint" href="{{ unsubscribeUrl }}" style="color:#626c7c">${unsubscribe}</a>{% endif %}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`,
  text: `{{ content }}

--
${about}
{% if unsubscribeUrl %}${unsubscribe}: {{ unsubscribeUrl }}{% endif %}
`,
});

const aboutIn = (staff: string, customers: string): string => `{% if category == 'operations' %}${staff}{% else %}${customers}{% endif %}`;

/** What goes around the e-mails that come with the service, until somebody publishes their own under the same name. */
export const standardLayout: LayoutTemplate = {
  kind: 'layout',
  locale: 'en',
  frame: frame({
    unsubscribe: 'Unsubscribe',
    about: aboutIn('You get this e-mail because you look after this shop.', 'You get this e-mail because you have an account or an order with us.'),
  }),
  locales: {
    de: frame({
      unsubscribe: 'Abmelden',
      about: aboutIn(
        'Sie erhalten diese E-Mail, weil Sie diesen Shop betreuen.',
        'Sie erhalten diese E-Mail, weil Sie bei uns ein Konto oder eine Bestellung haben.',
      ),
    }),
  },
};
