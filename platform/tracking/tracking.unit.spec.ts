import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trackedHtml } from './tracked-html.ts';
import { trackingLinks } from './tracking-links.ts';

const links = trackingLinks({ key: randomBytes(32).toString('hex'), baseUrl: () => 'https://mail.shop.example/' });
const tracked = { notificationId: 'n1', deliveryId: 'd1' };
const tokenOf = (url: string): string => new URL(url).searchParams.get('t') ?? '';
const all = { opens: true, clicks: true };
const hrefs = (html: string) => [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href]) => href ?? '');

describe('the links of a tracked mail', () => {
  it('lead where they led before, by way of us', () => {
    const html = '<p><a class="b" href="https://shop.example/a?x=1&amp;y=2">A</a> <A HREF=\'http://shop.example/b\'>B</A></p>';
    const targets = hrefs(trackedHtml(html, tracked, links, { ...all, opens: false }).replace(/<A HREF/g, '<a href')).map((href) =>
      links.readClick(tokenOf(href)),
    );
    expect(targets).toEqual([
      { ...tracked, link: 0, url: 'https://shop.example/a?x=1&y=2' },
      { ...tracked, link: 1, url: 'http://shop.example/b' },
    ]);
  });

  it('leave alone what is no web link, and what is ours already', () => {
    const html =
      '<a href="mailto:x@shop.example">m</a><a href="#top">t</a><a href="https://mail.shop.example/api/v1/unsubscribe/1x">u</a><link href="https://x.example/y">';
    expect(trackedHtml(html, tracked, links, { clicks: true, opens: false })).toBe(html);
    expect(trackedHtml('<a href="https://x.example">x</a>', tracked, links, { clicks: false, opens: false })).toBe('<a href="https://x.example">x</a>');
  });

  it('survive any address, and break out of nothing', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        const escaped = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
        const [href = ''] = hrefs(trackedHtml(`<a href="${escaped}">x</a>`, tracked, links, all));
        expect(links.readClick(tokenOf(href))?.url).toBe(url);
      }),
    );
  });
});

describe('the picture of a tracked mail', () => {
  it('stands at the end, once, and says which mail it is', () => {
    const html = trackedHtml('<html><body><p>x</p></BODY></html>', tracked, links, { opens: true, clicks: false });
    const [, url = ''] = /<img src="([^"]*)"[^>]*><\/BODY>/.exec(html) ?? [];
    expect(links.readOpen(tokenOf(url))).toEqual(tracked);
    expect(trackedHtml('<p>x</p>', tracked, links, all)).toMatch(/<\/p><img src="https:\/\/mail\.shop\.example\/api\/v1\/track\/open\?t=o[\w-]+" [^>]*>$/);
  });
});

describe('a token', () => {
  it('is read as what it is only, and not once it was altered', () => {
    const open = tokenOf(links.openUrl(tracked));
    const click = tokenOf(links.clickUrl(tracked, 0, 'https://x.example'));
    expect(links.readClick(open)).toBeUndefined();
    expect(links.readOpen(click)).toBeUndefined();
    expect(links.readClick(`${click.slice(0, -2)}AA`)).toBeUndefined();
    expect(links.readClick('')).toBeUndefined();
    const others = trackingLinks({ key: randomBytes(32).toString('hex'), baseUrl: () => 'https://mail.shop.example' });
    expect(others.readClick(click)).toBeUndefined();
  });
});
