import type { Static } from 'typebox';
import { type LayoutTemplate, layoutKey, type MessageTemplate, type TemplateVersion } from '../../../domain/notification/template.ts';
import type { ChangedLayout, Draft } from '../../../platform/http/notification/template-schemas.ts';
import { problem } from '../../../platform/http/problem.ts';
import type { Fault } from '../../../platform/templates/faults/fault.ts';
import { inferredVariables, layoutFaults, layoutsNamed, messageFaults } from '../../../platform/templates/faults/template.ts';

type Newest = (key: string) => Promise<TemplateVersion | undefined>;

/** The content that the body describes, with the newest version of each layout; throws the problem with all that is wrong with it. */
export const messageOf = async (
  { category, channels, variables, locale = 'en', locales = {}, digest }: Static<typeof Draft>,
  newest: Newest,
): Promise<MessageTemplate> => {
  const written = {
    kind: 'message' as const,
    category,
    channels,
    locale,
    locales,
    variables: variables ?? inferredVariables({ channels, locales, ...(digest && { digest }) }),
    ...(digest && { digest }),
  };
  const layouts = await newestLayouts(written, newest);
  refuse(messageFaults(written, (name) => Object.hasOwn(layouts, name)));
  return { ...written, layouts };
};

/** The newest version of each layout that the template names, and that there is. */
export const newestLayouts = async (template: Pick<MessageTemplate, 'channels' | 'locales'>, newest: Newest): Promise<Record<string, number>> => {
  const names = [...new Set(layoutsNamed(template).map(({ name }) => name))];
  const found = await Promise.all(names.map(async (name) => [name, await newest(layoutKey(name))] as const));
  return Object.fromEntries(found.flatMap(([name, one]) => (one ? [[name, one.version] as const] : [])));
};

/** The content that the body describes; throws the problem with all that is wrong with it. */
export const layoutOf = ({ html, text, locale = 'en', locales = {} }: Static<typeof ChangedLayout>): LayoutTemplate => {
  const layout: LayoutTemplate = { kind: 'layout', locale, frame: { html, text }, locales };
  refuse(layoutFaults(layout));
  return layout;
};

const refuse = (errors: readonly Fault[]): void => {
  if (errors.length > 0) throw problem(422, 'template_invalid', { detail: 'The template cannot be used as it is.', errors });
};
