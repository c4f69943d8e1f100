import type { Assignment } from '../../domain/notification/experiment/assignment.ts';
import type { RunningExperiments } from '../../domain/notification/experiment/running.ts';
import type { Addresses, ExperimentPart, Request } from '../../domain/notification/request.ts';
import type { Template, Templates } from './template.ts';

/** Who is to be told, when, and how. `gathered`: it becomes part of one message with others, which is in no experiment. */
export type Asking = Pick<Request, 'userId' | 'to' | 'priority'> & { gathered?: boolean; at: string };

/** The version that the recipient gets, and the group of the experiment on the template where there is one. */
export type Chosen = { template: Template; experiment?: ExperimentPart };
export type ChooseTemplate = (key: string, asking: Asking) => Promise<Chosen | undefined>;

type Settings = {
  templates: Pick<Templates, 'latest' | 'version'>;
  experiments: RunningExperiments;
  /** What a recipient is counted under: no address. */
  recipientId: (recipientKey: string) => string;
};

/**
 * Which version of a template a recipient gets: that of their variant, while an experiment runs; that which the last experiment settled on,
 * until a newer one is published; else the newest. Undefined where there is no such template. Reads nothing but templates.
 */
export const chooseTemplate = ({ templates, experiments, recipientId }: Settings): ChooseTemplate => {
  const settledOn = async (key: string, newest: Template): Promise<Template> => {
    const settled = experiments.settled(key);
    if (!settled || newest.version > settled.newestVersion || newest.version === settled.templateVersion) return newest;
    return (await templates.version(key, settled.templateVersion)) ?? newest;
  };
  return async (key, asking) => {
    const newest = await templates.latest(key);
    if (!newest) return undefined;
    const recipientKey = recipientKeyOf(asking);
    const assigned = recipientKey === undefined || asking.gathered ? undefined : experiments.assign(key, recipientKey);
    const template = assigned && (await templates.version(key, assigned.templateVersion));
    if (!assigned || !template || recipientKey === undefined) return { template: await settledOn(key, newest) };
    return { template, experiment: partOf(assigned, recipientId(recipientKey), asking) };
  };
};

/** The user, or where there is none the first address; addresses of mail differ by case only for who writes them. */
export const recipientKeyOf = ({ userId, to }: Pick<Asking, 'userId' | 'to'>): string | undefined => userId ?? addressOf(to ?? {});

const addressOf = ({ email, phone, pushTokens = [], slackChannel, slackUrl, teamsUrl, webhookUrl }: Addresses): string | undefined =>
  email?.toLowerCase() ?? phone ?? pushTokens[0]?.token ?? slackChannel ?? slackUrl ?? teamsUrl ?? webhookUrl;

/** What is critical is withheld from nobody. */
const partOf = (assigned: Assignment, recipient: string, { priority, at }: Asking): ExperimentPart => {
  if ('variant' in assigned) return { key: assigned.experiment, variant: assigned.variant, recipient };
  const withheld = assigned.treatment === 'nothing' && priority !== 'critical';
  return { key: assigned.experiment, variant: null, recipient, ...(withheld && { withheldAt: at }) };
};
