import type { Fact, Topic } from '../consent/fact.ts';
import { topicFieldsOf } from '../plan/consent-fields.ts';
import type { Profile } from '../profile/profile.ts';
import type { Store } from '../state/store.ts';
import { keptSchemas } from '../sync/known-schemas.ts';

/** What people call the topic of a fact. */
export type TopicName = (fact: Fact) => Topic;

/** By the names in the customer's profiles (C17), as the last run saw their systems; the vendor's own word where none names it. */
export const topicNames = async (store: Store, profiles: readonly Profile[]): Promise<TopicName> => {
  const names = new Map<string, Topic>();
  for (const profile of profiles) {
    const types = (await keptSchemas(store, profile))?.crm.recordTypes ?? [];
    for (const { name, crm, marketing } of profile.topics) {
      names.set(`list ${name}`, name);
      if (marketing !== null) names.set(`marketing ${marketing}`, name);
      if (crm !== null) names.set(`crm ${crm.field}`, name);
      for (const type of types)
        for (const { field } of topicFieldsOf(crm, type, types).optOut) names.set(`crm ${field}`, name);
    }
  }
  return ({ topic, source }) => names.get(`${source.role} ${topic}`) ?? topic;
};
