import type { Tracked, TrackingLinks } from './tracking-links.ts';

export type Tracking = { opens: boolean; clicks: boolean };

// An anchor's address, in either kind of quotes; what stands in no quotes isn't written by mail templates.
const anchors = /(<a\b[^>]*?\shref\s*=\s*)(?:"([^"]*)"|'([^']*)')/gi;

/** The mail's HTML with links that tell of clicks, and a picture that tells of its opening. Anything but web links stays as it is. */
export const trackedHtml = (
  html: string,
  tracked: Tracked,
  links: Pick<TrackingLinks, 'openUrl' | 'clickUrl' | 'isOurs'>,
  { opens, clicks }: Tracking,
): string => {
  let count = 0;
  const linked = clicks
    ? html.replace(anchors, (whole, before: string, double: string | undefined, single: string | undefined) => {
        const url = decoded(double ?? single ?? '').trim();
        if (!/^https?:\/\//i.test(url) || !URL.canParse(url) || links.isOurs(url)) return whole;
        const place = count;
        count += 1;
        return `${before}"${links.clickUrl(tracked, place, url)}"`;
      })
    : html;
  return opens ? withPicture(linked, links.openUrl(tracked)) : linked;
};

const withPicture = (html: string, url: string): string => {
  const picture = `<img src="${url}" width="1" height="1" alt="" style="border:0">`;
  const end = html.toLowerCase().lastIndexOf('</body>');
  return end === -1 ? html + picture : html.slice(0, end) + picture + html.slice(end);
};

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&#38;': '&', '&quot;': '"', '&#34;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>' };

/** The entities that our own templates write; others can't stand in an address. */
const decoded = (attribute: string): string => attribute.replace(/&(?:amp|quot|lt|gt|#34|#38|#39);/g, (entity) => entities[entity] ?? entity);
