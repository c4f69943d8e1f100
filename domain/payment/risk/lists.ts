import type { RiskInputs } from '../risk.ts';
import { parseAddress, parseNetwork, prefixOf } from './address.ts';
import type { RiskList, RiskListKind } from './rules.ts';

/** What of an attempt can stand on a list. */
export type Listable = Pick<RiskInputs, 'customerId' | 'emailDomain' | 'cardFingerprint' | 'ip' | 'deviceId' | 'country' | 'ipCountry' | 'cardCountry'>;

/** The names of the lists that something of it stands on, in their order. */
export type FindLists = (attempt: Listable) => readonly string[];

/** Prepares lists once for many attempts: finding costs the same however long they are. */
export const findLists = (lists: readonly RiskList[]): FindLists => {
  const prepared = lists.map(({ name, kind, values = [] }) => ({ name, contains: kind === 'ip' ? inNetworks(values) : inValues(kind, values) }));
  return (attempt) => prepared.filter(({ contains }) => contains(attempt)).map(({ name }) => name);
};

const listed: Record<Exclude<RiskListKind, 'ip'>, (attempt: Listable) => string | null | undefined> = {
  customer: ({ customerId }) => customerId,
  email_domain: ({ emailDomain }) => emailDomain,
  card: ({ cardFingerprint }) => cardFingerprint,
  device: ({ deviceId }) => deviceId,
  country: ({ country }) => country,
  ip_country: ({ ipCountry }) => ipCountry,
  card_country: ({ cardCountry }) => cardCountry,
};

const inValues = (kind: Exclude<RiskListKind, 'ip'>, values: readonly string[]) => {
  const set = new Set(kind === 'email_domain' ? values.map((value) => value.toLowerCase()) : values);
  return (attempt: Listable): boolean => {
    const value = listed[kind](attempt);
    return typeof value === 'string' && set.has(value);
  };
};

const inNetworks = (values: readonly string[]) => {
  const networks = Map.groupBy(
    values.map(parseNetwork).filter((network) => network !== undefined),
    ({ bits }) => bits,
  );
  const byLength = [...networks].map(([bits, of]) => ({ bits, prefixes: new Set(of.map(({ prefix }) => prefix)) }));
  return ({ ip }: Listable): boolean => {
    const address = ip === undefined ? undefined : parseAddress(ip);
    return address !== undefined && byLength.some(({ bits, prefixes }) => prefixes.has(prefixOf(address, bits)));
  };
};

/** Kinds of lists whose values are of people: they stay out of read models, and are gone once a person was erased. */
export const personalListKinds: readonly RiskListKind[] = ['card', 'ip', 'device'];
