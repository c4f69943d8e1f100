import type { Static } from 'typebox';
import type { LayoutTemplate, MessageTemplate } from '../../../domain/notification/template.ts';
import type { LayoutBody, TemplateBody } from './template-schemas.ts';

type About = { key: string; version: number; publishedAt: string | null };

/** One version of a template as the API shows it. */
export const templateView = (about: About, { kind: _, ...content }: MessageTemplate): Static<typeof TemplateBody> => ({ ...about, ...content });

export const layoutView = (about: About, { locale, frame, locales }: LayoutTemplate): Static<typeof LayoutBody> => ({ ...about, locale, ...frame, locales });
