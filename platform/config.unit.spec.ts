import { describe, expect, it } from 'vitest';
import { isConfigError, parseConfig } from './config.ts';

const faultsOf = (environment: Record<string, string>, argv: string[] = []): readonly string[] => {
  try {
    parseConfig(environment, argv);
    return [];
  } catch (error) {
    if (!isConfigError(error)) throw error;
    expect(error.message).toBe(error.faults.join('\n'));
    return error.faults;
  }
};

describe('the environment', () => {
  it('may be empty: everything bundled, on the usual ports', () => {
    const config = parseConfig({}, []);
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PAYMENT_PORT: 3001,
      NOTIFICATION_PORT: 3002,
      EVENTSTORE_PORT: 2113,
      DATA_DIR: '.data',
      LOG_LEVEL: 'info',
    });
    expect(config.POSTGRES_URL).toBeUndefined();
  });

  it('is read into numbers and texts; empty is not set', () => {
    const url = 'postgres://shop@db/shop';
    expect(parseConfig({ PAYMENT_PORT: ' 0 ', POSTGRES_URL: url, REDIS_URL: '', API_KEY: '  ' }, [])).toMatchObject({ PAYMENT_PORT: 0, POSTGRES_URL: url });
    expect(parseConfig({ REDIS_URL: '' }, [])).not.toHaveProperty('REDIS_URL');
  });

  it.each([
    ['PAYMENT_PORT', 'eighty', /is "eighty": expected a port: a whole number from 0 to 65535/],
    ['PAYMENT_PORT', '65536', /65535/],
    ['NOTIFICATION_PORT', '80.5', /whole number/],
    ['EVENTSTORE_PORT', '-1', /whole number/],
    ['LOG_LEVEL', 'loud', /one of fatal, error/],
    ['POSTGRES_URL', 'mysql://db/shop', /postgres:\/\/ or postgresql:\/\//],
    ['EVENTSTORE_URL', 'localhost:2113', /esdb:\/\//],
    ['MONGODB_URL', 'mongodb:/db', /mongodb:\/\//],
    ['SMTP_URL', 'mail.example', /smtp:\/\//],
    ['MASTER_KEY', 'c2hvcnQ=', /32 bytes in base64/],
    ['API_KEY', 'short', /16 to 512/],
    ['MAIL_FROM', 'nobody', /an address/],
    ['COMMAND_WAIT_MS', '1e3', /milliseconds/],
    ['SANDBOX', 'yes', /true or false/],
    ['SANDBOX_NAMES', 'a,,b', /separated by commas/],
  ])('refuses %s=%s and says what is expected', (name, value, expected) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} `));
    expect(faults[0]).toMatch(expected);
  });

  it.each(['esdb://a:2113,b:2113?tls=false', 'esdb+discover://cluster:2113', 'kurrentdb://admin:changeit@a:2113'])('takes %s', (url) => {
    expect(parseConfig({ EVENTSTORE_URL: url }, []).EVENTSTORE_URL).toBe(url);
  });

  it('never prints what may be secret', () => {
    const faults = faultsOf({ POSTGRES_URL: 'mysql://u:hunter2@db', API_KEY: 'hunter2', MASTER_KEY: 'hunter2' });
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain('hunter2');
  });

  it('is told of all at once', () => {
    expect(faultsOf({ PAYMENT_PORT: 'x', PAYMENT_PROT: '1', LOG_LEVEL: 'x' }, ['cook'])).toHaveLength(4);
  });

  it('refuses what contradicts itself', () => {
    expect(faultsOf({ JWT_JWKS_URL: 'https://id.example/jwks' })).toEqual([expect.stringMatching(/^JWT_ISSUER and JWT_AUDIENCE must be set too/)]);
    expect(faultsOf({ PAYMENT_PORT: '3002' })).toEqual([expect.stringMatching(/must differ/)]);
    expect(faultsOf({ PAYMENT_PORT: '0', NOTIFICATION_PORT: '0' })).toEqual([]);
    expect(faultsOf({ COMMAND_WAIT_MS: '40000' })).toEqual([expect.stringMatching(/COMMAND_MAX_WAIT_MS/)]);
  });
});

describe('payment providers', () => {
  const stripe = { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' };

  it('are set up by all that they need', () => {
    expect(faultsOf({ ...stripe, PAYPAL_CLIENT_ID: 'id1', PAYPAL_CLIENT_SECRET: 'secret', PAYPAL_WEBHOOK_ID: 'hook' })).toEqual([]);
  });

  it('are not set up by halves', () => {
    expect(faultsOf({ STRIPE_SECRET_KEY: 'sk_test_1' })).toEqual([expect.stringMatching(/^STRIPE_WEBHOOK_SECRET must be set too: stripe needs/)]);
    expect(faultsOf({ PAYPAL_BASE_URL: 'http://localhost' })).toEqual([
      expect.stringMatching(/^PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET and PAYPAL_WEBHOOK_ID/),
    ]);
    expect(faultsOf({ BRAINTREE_MERCHANT_ID: 'shop', BRAINTREE_PUBLIC_KEY: 'key' })).toEqual([
      expect.stringMatching(/^BRAINTREE_PRIVATE_KEY and BRAINTREE_MERCHANT_ACCOUNTS must/),
    ]);
  });

  it('keep their keys to themselves', () => {
    expect(faultsOf({ ...stripe, STRIPE_SECRET_KEY: 'sk test hunter2' }).join()).not.toContain('hunter2');
  });

  it('take merchant accounts by currency', () => {
    const braintree = { BRAINTREE_MERCHANT_ID: 'shop', BRAINTREE_PUBLIC_KEY: 'key', BRAINTREE_PRIVATE_KEY: 'private' };
    expect(faultsOf({ ...braintree, BRAINTREE_MERCHANT_ACCOUNTS: 'GBP=shop_gbp,EUR=shop_eur' })).toEqual([]);
    expect(faultsOf({ ...braintree, BRAINTREE_MERCHANT_ACCOUNTS: 'shop_gbp' })).toEqual([expect.stringMatching(/GBP=shop_gbp/)]);
  });

  it('have names of their own', () => {
    expect(faultsOf({ SANDBOX_NAMES: 'sandbox,sandbox_b' })).toEqual([]);
    expect(faultsOf({ SANDBOX_NAMES: 'a,stripe,a' })).toEqual([expect.stringMatching(/^SANDBOX_NAMES names stripe and a/)]);
  });
});

describe('providers of messages', () => {
  const twilio = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' };

  it('are set up by all that they need, one of two where either will do', () => {
    expect(faultsOf({ ...twilio, TWILIO_FROM: '+15005550006', SENDGRID_API_KEY: 'SG.test', SES_REGION: 'eu-west-1', TEAMS_WEBHOOKS: 'true' })).toEqual([]);
    expect(faultsOf({ ...twilio, TWILIO_MESSAGING_SERVICE_SID: `MG${'0'.repeat(32)}` })).toEqual([]);
  });

  it('are not set up by halves', () => {
    expect(faultsOf(twilio)).toEqual([expect.stringMatching(/^TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID must be set too: twilio needs/)]);
    expect(faultsOf({ MAILGUN_API_KEY: 'key' })).toEqual([expect.stringMatching(/^MAILGUN_DOMAIN must be set too/)]);
    expect(faultsOf({ APNS_KEY: 'key', APNS_TOPIC: 'app' })).toEqual([expect.stringMatching(/^APNS_KEY_ID and APNS_TEAM_ID must be set too/)]);
    expect(faultsOf({ SES_REGION: 'eu-west-1', SES_ACCESS_KEY_ID: 'id1' })).toEqual([
      'SES_ACCESS_KEY_ID and SES_SECRET_ACCESS_KEY must be set together, or neither',
    ]);
  });

  it('are asked in an order of those that are set up', () => {
    const mail = { SENDGRID_API_KEY: 'SG.test', SMTP_URL: 'smtp://mail' };
    for (const order of ['sendgrid:3,smtp:1', 'smtp,sendgrid', 'smtp', 'outbox']) expect(faultsOf({ ...mail, EMAIL_PROVIDERS: order })).toEqual([]);
    expect(faultsOf({ ...mail, EMAIL_PROVIDERS: 'sendgrid,ses' })).toEqual(["EMAIL_PROVIDERS names ses, which isn't set up: it needs SES_REGION"]);
    expect(faultsOf({ ...mail, EMAIL_PROVIDERS: 'smtp,smtp' })).toEqual(['EMAIL_PROVIDERS names smtp twice']);
    for (const order of ['twilio', 'sendgrid:0', 'sendgrid;ses', 'outbox,smtp'])
      expect(faultsOf({ ...mail, EMAIL_PROVIDERS: order })).toEqual([expect.stringMatching(/^EMAIL_PROVIDERS is .*expected outbox, or some of sendgrid/)]);
  });

  it('take no more than is set', () => {
    expect(faultsOf({ MESSAGE_RATES: 'sendgrid=100/s,webhook=5/m' })).toEqual([]);
    expect(faultsOf({ MESSAGE_RATES: 'sendgrit=1/s' })).toEqual(['MESSAGE_RATES names sendgrit: there is no such provider']);
    expect(faultsOf({ MESSAGE_RATES: 'sendgrid=0/s' })).toEqual([expect.stringMatching(/^MESSAGE_RATES is/)]);
  });

  it('keep their keys to themselves', () => {
    expect(faultsOf({ SENDGRID_API_KEY: 'hunter 2', FCM_SERVICE_ACCOUNT: 'hunter2'.repeat(3_000) }).join()).not.toContain('hunter');
  });
});

describe('an unknown variable', () => {
  it.each([
    ['PAYMENT_PROT', 'PAYMENT_PORT'],
    ['EVENTSTORE_URI', 'EVENTSTORE_URL'],
    ['POSTGRES_URI', 'POSTGRES_URL'],
    ['REDIS_ULR', 'REDIS_URL'],
    ['DATADIR', 'DATA_DIR'],
    ['API_KEYS', 'API_KEY'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['JWT_JWK_URL', 'JWT_JWKS_URL'],
  ])('%s is named, and what was meant', (name, meant) => {
    expect(faultsOf({ [name]: 'x' })).toEqual([`${name} is not a variable of ours: did you mean ${meant}?`]);
  });

  it('of our prefix is named even if it is like none of ours', () => {
    expect(faultsOf({ SANDBOX_COLOUR: 'blue' })).toEqual(['SANDBOX_COLOUR is not a variable of ours']);
  });

  it.each([
    'HOME',
    'PATH',
    'HOSTNAME',
    'HOSTS',
    'LOGNAME',
    'POSTGRES_PASSWORD',
    'POSTGRES_DB',
    'REDIS_PORT',
    'MAIL',
    'PORT',
    'PGDATA',
    'NODE_ENV',
    'npm_config_cache',
    'XDG_DATA_DIRS',
    'STRIPE_KEY',
  ])('of the machine passes: %s', (name) => expect(faultsOf({ [name]: 'x' })).toEqual([]));

  it('of an orchestrator passes', () => {
    expect(
      faultsOf({
        PAYMENT_SERVICE_HOST: '10.0.0.1',
        PAYMENT_SERVICE_PORT_HTTP: '80',
        NOTIFICATION_PORT_80_TCP_ADDR: '10.0.0.1',
        EVENTSTORE_PORT_2113_TCP: 'tcp://10.0.0.1',
      }),
    ).toEqual([]);
  });
});

describe('the command line', () => {
  it('names roles, each once; none means all', () => {
    expect(parseConfig({}, []).roles).toEqual(['payment', 'notification', 'projector', 'worker', 'eventstore']);
    expect(parseConfig({}, ['worker', 'payment', 'worker']).roles).toEqual(['payment', 'worker']);
  });

  it('is refused with a role that there is not', () => {
    expect(faultsOf({}, ['payments'])).toEqual([
      expect.stringMatching(/^there is no role "payments": name some of payment, notification, projector, worker, eventstore/),
    ]);
  });
});
