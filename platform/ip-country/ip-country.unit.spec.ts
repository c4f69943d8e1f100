import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseOf } from './database.fixture.ts';
import { openIpCountry } from './ip-country.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ip-country-'));
});
afterAll(() => rm(directory, { recursive: true }));

const fileOf = async (name: string, content: Buffer | string): Promise<string> => {
  const file = join(directory, name);
  await writeFile(file, content);
  return file;
};

describe('the country of an address', () => {
  it('is what the database says', async () => {
    const file = await fileOf(
      'countries.mmdb',
      databaseOf({ '203.0.113.0/24': { country: { iso_code: 'GB' } }, '198.51.100.0/25': { country_code: 'US' }, '192.0.2.0/24': { country: { name: 'x' } } }),
    );
    const countryOf = await openIpCountry(file);
    expect(['203.0.113.7', '198.51.100.1', '198.51.100.200', '192.0.2.1', 'nowhere', '2001:db8::1'].map(countryOf)).toEqual([
      'GB',
      'US',
      null,
      null,
      null,
      null,
    ]);
  });

  it('cannot be told without a database', async () => {
    await expect(openIpCountry(join(directory, 'gone.mmdb'))).rejects.toThrow(/gone\.mmdb is no MaxMind database.*GEOIP_DATABASE/);
    await expect(openIpCountry(await fileOf('text.mmdb', 'not a database'))).rejects.toThrow('text.mmdb is no MaxMind database');
  });
});
