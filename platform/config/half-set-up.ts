/** What each provider can't do without; of a list in it one is enough. */
export type Needed = Readonly<Record<string, readonly (string | readonly string[])[]>>;

type Settings = Readonly<Record<string, unknown>>;

const isSet = (settings: Settings, need: string | readonly string[]): boolean =>
  (typeof need === 'string' ? [need] : need).some((variable) => settings[variable] !== undefined);
const named = (need: string | readonly string[]): string => (typeof need === 'string' ? need : need.join(' or '));

/** Whether all that a provider needs is set. */
export const isSetUp = (settings: Settings, needed: Needed[string]): boolean => needed.every((need) => isSet(settings, need));

/** Providers of which something is set, but not all that they need. */
export const halfSetUp = (settings: Settings, needed: Needed): string[] =>
  Object.entries(needed).flatMap(([provider, needs]) => {
    const touched = Object.entries(settings).some(([variable, value]) => variable.startsWith(`${provider.toUpperCase()}_`) && value !== undefined);
    const missing = needs.filter((need) => !isSet(settings, need));
    return touched && missing.length > 0 ? [`${missing.map(named).join(' and ')} must be set too: ${provider} needs ${needs.map(named).join(', ')}`] : [];
  });
