/** The country that an address is in, ISO 3166-1 alpha-2; null where it isn't known. */
export type IpCountry = (ip: string) => string | null;

/**
 * Countries from a MaxMind database file (GeoLite2-Country, GeoIP2-Country or City, or another in that format), read once.
 * @throws an error that names the file where it can't be read
 */
export const openIpCountry = async (file: string): Promise<IpCountry> => {
  const { open } = await import('maxmind');
  const reader = await open(file).catch((cause: unknown) => {
    throw new Error(`${file} is no MaxMind database that can be read. Check that it is there and that GEOIP_DATABASE is right.`, { cause });
  });
  return (ip) => countryIn(found(reader, ip));
};

const found = (reader: { get: (ip: string) => unknown }, ip: string): unknown => {
  try {
    return reader.get(ip);
  } catch {
    // What is no address is in no country.
    return null;
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** `country.iso_code` as MaxMind has it, or `country_code` as others have. */
const countryIn = (record: unknown): string | null => {
  if (!isObject(record)) return null;
  const code = isObject(record.country) ? record.country.iso_code : record.country_code;
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null;
};
