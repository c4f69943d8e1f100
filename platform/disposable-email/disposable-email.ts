/** Whether mail to the domain goes to a box that is thrown away. */
export type IsDisposable = (domain: string) => Promise<boolean>;

/** From the published list of such domains, about 120,000 of them, which is loaded when it is first asked. */
export const disposableDomains = (): IsDisposable => {
  let loaded: ReturnType<typeof load> | undefined;
  return async (domain) => {
    loaded ??= load();
    const { exact, parents } = await loaded;
    return exact.has(domain) || parentsOf(domain).some((parent) => parents.has(parent));
  };
};

const load = async (): Promise<{ exact: ReadonlySet<string>; parents: ReadonlySet<string> }> => {
  const [{ default: exact }, { default: parents }] = await Promise.all([
    import('disposable-email-domains/index.json', { with: { type: 'json' } }),
    import('disposable-email-domains/wildcard.json', { with: { type: 'json' } }),
  ]);
  return { exact: new Set(exact), parents: new Set(parents) };
};

/** `a.b.example` → `a.b.example`, `b.example`, `example`: with some domains all that is below them is thrown away too. */
const parentsOf = (domain: string): string[] => {
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
};
