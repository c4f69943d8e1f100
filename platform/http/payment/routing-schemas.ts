import { Type } from 'typebox';
import { type DeclineCode, declineKinds } from '../../../domain/payment/outcome.ts';
import { faultsOf, type RoutingRules } from '../../../domain/payment/routing/rules.ts';
import { problem } from '../problem.ts';
import { Closed, Currency } from '../schemas.ts';
import { Country, PaymentMethodType } from './schemas.ts';

const Name = Type.String({ pattern: '^[a-z][a-z0-9_]{0,29}$', description: 'Of a provider that is set up' });
const Some = <T extends Parameters<typeof Type.Array>[0]>(item: T) => Type.Array(item, { minItems: 1, maxItems: 200, uniqueItems: true });
const isSoft = (code: string): code is DeclineCode => Object.entries(declineKinds).some(([known, kind]) => known === code && kind === 'soft');
const softDeclines = Object.keys(declineKinds).filter(isSoft);
/** Minor units; one more than the largest amount ends a range that has no end. */
const Bound = Type.Integer({ minimum: 0, maximum: 100_000_000_000 });

const route = {
  providers: Type.Array(Closed({ name: Name, weight: Type.Integer({ minimum: 0, maximum: 1_000_000, description: '0: only where nobody else can' }) }), {
    minItems: 1,
    maxItems: 20,
  }),
  prefer: Type.Optional(
    Type.Enum(['weight', 'success_rate'], {
      description: '`weight` draws by weight; `success_rate` takes the heaviest, of equals who succeeded most often of late',
    }),
  ),
  failover: Type.Optional(
    Closed({
      to: Type.Array(Name, { minItems: 1, maxItems: 20, description: 'Who takes over, in this order, where a provider was certainly not reached' }),
      on: Type.Array(Type.Enum(softDeclines), { maxItems: 50, uniqueItems: true, description: 'Soft declines after which the next is asked too' }),
    }),
  ),
};

const Condition = Closed({
  currency: Type.Optional(Some(Currency)),
  amount: Type.Optional(Closed({ from: Type.Optional(Bound), to: Type.Optional(Bound) })),
  country: Type.Optional(Some(Country)),
  method: Type.Optional(Some(PaymentMethodType)),
});

const set = {
  rules: Type.Array(Closed({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' }), when: Condition, ...route }), {
    maxItems: 200,
    description: 'The first whose condition holds decides',
  }),
  default: Type.Union([Closed(route), Type.Null()], { description: 'null: all that are set up, in that order, each taking over from the one before' }),
};

export const RoutingRulesBody = Closed(set);
/** `version`: the one that these replace; whatever is there, where it isn't given. */
export const NewRoutingRules = Closed({ ...set, version: Type.Optional(Type.Integer({ minimum: 0 })) });
// Unsafe only in name: the domain's type, whose arrays are read-only.
export const RoutingRuleSetBody = Type.Unsafe<{ version: number } & RoutingRules>(
  Type.Object({ version: Type.Integer({ minimum: 0, description: 'Counts the changes; 0 until somebody has set rules' }), ...set }, { title: 'RoutingRules' }),
);

/** The rules, if they can be meant; else throws the problem. `providers`: names of those that are set up. */
export const meantRules = (rules: RoutingRules, providers: readonly string[]): RoutingRules => {
  const faults = faultsOf(rules, providers);
  if (faults.length === 0) return rules;
  throw problem(400, 'invalid_request', { detail: `The rules can't be meant so: ${faults.map(({ path }) => path).join(', ')}.`, errors: faults });
};
