import { byPlace, type Finding } from '../place.ts';
import type { Customer, Profile } from '../profile.ts';
import { canonicalJson } from '../profile-digest.ts';
import { findingAt } from './report.ts';

/** Two profiles that decide about the same people. */
const share = (a: Profile, b: Profile): boolean =>
  a.crm.connection === b.crm.connection &&
  a.marketing.connection === b.marketing.connection &&
  a.marketing.audience === b.marketing.audience;

const differing = (a: object, b: object): readonly string[] =>
  Object.keys(a).filter((key) => canonicalJson(Reflect.get(a, key)) !== canonicalJson(Reflect.get(b, key)));

/** C26: profiles that share a CRM connection and an audience agree on consent, or neither may run. */
export const lintCustomer = (customer: Pick<Customer, 'profiles'>): readonly Finding[] =>
  customer.profiles
    .flatMap((profile) =>
      customer.profiles
        .filter((one) => one !== profile && share(profile, one))
        .flatMap((one) =>
          (['optOut', 'consent'] as const).flatMap((part) =>
            differing(profile[part], one[part]).map((key) =>
              findingAt(profile, [part, key], {
                rule: 'C26',
                what: `${part}.${key} is not the same as in ${one.id}, which syncs the same people`,
                fix: 'Profiles that share a CRM connection and an audience must agree on optOut and consent',
              }),
            ),
          ),
        ),
    )
    .sort(byPlace);
