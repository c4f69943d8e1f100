// The floors of the house (docs/architecture.md). scripts/check/floors.ts runs these rules over the sources with their types stripped, hence `.js`.
// A contract suite is a spec that several adapters share; a fake (`fake-….ts`, `fake-…/`) is the other side in their specs.
const spec = '((\\.spec|[./]contract)\\.js$|/contract/|/fake-[^/]+(/|\\.js$))';
const outside = '^(test|bench|scripts)/';
const main = '^(main\\.js$|roles/)';
const rooms = '^(query|command|workers|projections)/';
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const room = (name, others) =>
  rule(`${name}-floor`, `${name}/ imports nothing of ${others.join(', ')}`, { path: `^${name}/`, pathNot: spec }, { path: `^(${others.join('|')})/|${main}` });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule('no-cycles', 'what imports each other is one thing: join it, or take out what both need', {}, { circular: true }),
    rule('resolvable', 'every import leads somewhere', {}, { couldNotResolve: true }),
    rule(
      'domain-imports-nothing',
      'the rules are pure: time, ids and prices arrive in the command',
      { path: '^domain/', pathNot: spec },
      { pathNot: '^domain/' },
    ),
    rule('platform-floor', 'platform/ and providers/ stand on domain/ only', { path: '^(platform|providers)/', pathNot: spec }, { path: `${rooms}|${main}` }),
    room('command', ['query', 'workers', 'projections']),
    room('workers', ['query', 'command', 'projections']),
    room('projections', ['query', 'command', 'workers']),
    room('query', ['command', 'workers']),
    rule(
      'embedded-stands-alone',
      'the bundled servers import nothing of ours',
      { path: '^embedded/', pathNot: spec },
      { pathNot: '^embedded/|node_modules/', dependencyTypesNot: ['core'] },
    ),
    rule('embedded-by-main-only', 'everything else knows a connection string', { pathNot: `${main}|${outside}|${spec}|^embedded/` }, { path: '^embedded/' }),
    rule('main-is-the-root', 'nothing imports the composition root', { pathNot: `${main}|${outside}|${spec}` }, { path: main }),
    rule(
      'payment-without-notification',
      'what one wants of the other goes over the bus or HTTP',
      { path: '(^|/)payment/', pathNot: spec },
      { path: '^(?!.*node_modules).*(^|/)notification/' },
    ),
    rule(
      'notification-without-payment',
      'what one wants of the other goes over the bus or HTTP',
      { path: '(^|/)notification/', pathNot: spec },
      { path: '^(?!.*node_modules).*(^|/)payment/' },
    ),
    rule(
      'one-door-to-the-log',
      'only platform/event-store/client.ts imports @eventstore/db-client; the node may use its generated files',
      { pathNot: `^platform/event-store/client\\.js$|^embedded/event-store/|${outside}|${spec}` },
      { path: 'node_modules/@eventstore/db-client/' },
    ),
    rule(
      'node-uses-generated-only',
      'the node speaks the protocol: of @eventstore/db-client it may use the generated files only',
      { path: '^embedded/event-store/', pathNot: spec },
      { path: 'node_modules/@eventstore/db-client/(?!generated/)' },
    ),
    rule(
      'one-door-to-paypal',
      "only requests.ts imports PayPal's superseded library",
      { pathNot: `^providers/payment/paypal/requests\\.js$|${outside}|${spec}` },
      { path: 'node_modules/@paypal/' },
    ),
    rule(
      'no-tests-in-production',
      'specs, tests, bench and scripts are not imported by what runs',
      { pathNot: `${spec}|${outside}` },
      { path: `${spec}|${outside}` },
    ),
    rule(
      'no-development-packages',
      'what runs in production is in `dependencies`',
      { pathNot: `${spec}|${outside}|^vitest\\.config\\.js$` },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
  ],
};
