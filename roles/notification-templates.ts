import { layoutRoutes } from '../command/notification/templates/layout-routes.ts';
import { previewRoute } from '../command/notification/templates/preview-route.ts';
import { templateRoutes } from '../command/notification/templates/template-routes.ts';
import { renderer } from '../platform/templates/liquid.ts';
import { readyMadeVersions } from '../platform/templates/notification/ready-made.ts';
import type { StoredTemplates, TemplateHandler } from '../platform/templates/stored-templates.ts';
import type { TemplateListItem } from '../projections/notification/templates.ts';
import type { ReadModel } from '../projections/read-model.ts';
import { templateListRoutes, usersOfLayout } from '../query/notification/template-list.ts';
import { templateQueries } from '../query/notification/template-queries.ts';

export type TemplateParts = { templateStreams: TemplateHandler; templates: StoredTemplates; templateList: ReadModel<TemplateListItem> };

/** Everything that is said over HTTP about templates and layouts. */
export const templatePages = ({ templateStreams, templates, templateList: list }: TemplateParts) => {
  const readyMade = readyMadeVersions;
  const publishing = { templateStreams, templates, readyMade };
  return [
    templateRoutes(publishing),
    layoutRoutes({ ...publishing, usersOf: usersOfLayout({ list, readyMade }), reached: list.reached }),
    previewRoute({ templates, renderer: renderer() }),
    templateListRoutes({ list, readyMade }),
    templateQueries({ templateStreams, readyMade }),
  ];
};
