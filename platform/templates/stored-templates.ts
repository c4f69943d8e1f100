import type { DomainEvent } from '../../domain/event.ts';
import {
  isLayoutKey,
  layoutKey,
  type MessageTemplate,
  type PublishedTemplate,
  type TemplateCommand,
  type TemplateContent,
  type TemplateEvent,
  type TemplateRejection,
  type TemplateVersion,
  templateCatalogue,
} from '../../domain/notification/template.ts';
import type { Handler } from '../event-store/aggregate.ts';
import { lru } from '../event-store/lru.ts';
import type { Recorded } from '../event-store/recorded.ts';
import type { Tail } from '../event-store/tail.ts';
import type { Layout, Template, Templates } from './template.ts';

export type TemplateHandler = Handler<PublishedTemplate, TemplateCommand, TemplateEvent, TemplateRejection>;

/** What comes with the service, by key: its version and content, until somebody publishes another. */
export type ReadyMade = ReadonlyMap<string, TemplateVersion>;

export type StoredTemplates = Templates & {
  /** The newest version under a key, be it of a template or of a layout, as it was published. */
  newest: (key: string) => Promise<TemplateVersion | undefined>;
  /** A draft as if it were published, with its layouts. */
  compose: (key: string, draft: MessageTemplate) => Promise<Template>;
  /** What this process has just published itself: known at once. */
  learn: (key: string, published: TemplateVersion) => void;
  stop: () => Promise<void>;
};

type Settings = { templates: Pick<TemplateHandler, 'load' | 'history'>; tail: Pick<Tail, 'follow'>; readyMade: ReadyMade };

// A template is some kilobytes.
const mostKeys = 2_000;
const mostVersions = 2_000;

/**
 * Templates that people write, over those that come with the service. What is known in this process is answered without a read: the
 * tail tells of every version that any process publishes, some milliseconds later, and a version never changes.
 */
export const openTemplates = async ({ templates, tail, readyMade }: Settings): Promise<StoredTemplates> => {
  // Null: nobody has published under this key.
  const newestOf = lru<{ published: PublishedTemplate }>(mostKeys);
  const versions = lru<TemplateContent>(mostVersions);
  const composed = lru<Template>(mostVersions);

  const learn = (key: string, published: TemplateVersion): void => {
    versions.set(`${key} ${published.version}`, published.content);
    if ((newestOf.peek(key)?.published?.version ?? 0) < published.version) newestOf.set(key, { published });
  };
  // First followed, then read: nothing is missed between the two.
  const following = await tail.follow({
    name: 'the templates',
    types: Object.keys(templateCatalogue),
    after: async () => 'end',
    maxBatch: 100,
    take: async (events) => {
      for (const event of events) if (isPublished(event)) learn(event.streamId, event.data);
    },
  });

  const publishedNewest = async (key: string): Promise<PublishedTemplate> => {
    const known = newestOf.get(key);
    if (known) return known.published;
    const loaded = await templates.load(key);
    if (loaded?.state) learn(key, loaded.state);
    // The tail may have told of a newer one meanwhile.
    else if (!newestOf.peek(key)) newestOf.set(key, { published: null });
    return newestOf.peek(key)?.published ?? null;
  };

  const newest = async (key: string) => (await publishedNewest(key)) ?? readyMade.get(key);

  const contentOf = async (key: string, version: number): Promise<TemplateContent | undefined> => {
    const known = versions.get(`${key} ${version}`);
    if (known) return known;
    const published = await publishedNewest(key);
    if (published && version <= published.version) {
      for (const { data } of (await templates.history(key)).events) learn(key, data);
    }
    const ready = readyMade.get(key);
    if (ready?.version === version && !versions.peek(`${key} ${version}`)) versions.set(`${key} ${version}`, ready.content);
    return versions.get(`${key} ${version}`);
  };

  const layoutOf = async (name: string, version: number): Promise<Layout> => {
    const content = await contentOf(layoutKey(name), version);
    if (content?.kind !== 'layout') throw new Error(`version ${version} of the layout ${name} is gone`);
    return content;
  };

  const compose = async (key: string, version: number, content: MessageTemplate): Promise<Template> => {
    const pinned = Object.entries(content.layouts);
    const layouts = await Promise.all(pinned.map(async ([name, one]) => [name, await layoutOf(name, one)] as const));
    return { ...content, key, version, layouts: Object.fromEntries(layouts) };
  };
  const composedOnce = async (key: string, version: number, content: MessageTemplate): Promise<Template> => {
    const known = composed.get(`${key} ${version}`);
    if (known) return known;
    const template = await compose(key, version, content);
    composed.set(`${key} ${version}`, template);
    return template;
  };

  const version: Templates['version'] = async (key, wanted) => {
    const content = isLayoutKey(key) ? undefined : await contentOf(key, wanted);
    return content?.kind === 'message' ? composedOnce(key, wanted, content) : undefined;
  };
  return {
    version,
    latest: async (key) => {
      const present = await newest(key);
      return present?.content.kind === 'message' ? composedOnce(key, present.version, present.content) : undefined;
    },
    newest,
    compose: (key, draft) => compose(key, 0, draft),
    learn,
    stop: following.stop,
  };
};

const isPublished = (event: Recorded<DomainEvent>): event is Recorded<TemplateEvent> => event.type === 'TemplatePublished';
