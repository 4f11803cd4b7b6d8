import { createHash } from 'node:crypto';
import type { Connection, Profile } from './profile.ts';
import { withSecrets } from './secret-reference.ts';

/** JSON with sorted keys, so that equal values have equal texts. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** Where a secret is kept may change without the account changing. */
const accountOf = ({ name, connector, settings }: Connection): unknown => ({
  name,
  connector: connector.name,
  settings: withSecrets(settings, () => ''),
});

/**
 * A fingerprint of all that makes a changed profile a first run (C23, C29): optOut, topics, consent, lists, records, connections
 * and the audience. Written-out defaults, schedules, fields and descriptions do not change it. Holds no secret.
 */
export const profileDigest = (profile: Profile, crm: Connection, marketing: Connection): string => {
  const { importFrom, ...optOut } = profile.optOut;
  const { consent } = profile;
  const { records, lists } = profile.crm;
  const sortedLists = lists === null ? null : lists.map((list) => `${list.kind} ${list.id}`).sort();
  const { audience } = profile.marketing;
  const basis = {
    // A default that is not written changes no fingerprint of a profile from before it existed.
    optOut: importFrom === null ? optOut : { ...optOut, importFrom },
    consent,
    ...(profile.topics.length === 0 ? {} : { topics: [...profile.topics].sort((a, b) => (a.name < b.name ? -1 : 1)) }),
    records,
    lists: sortedLists,
    audience,
    crm: accountOf(crm),
    marketing: accountOf(marketing),
  };
  return createHash('sha256').update(canonicalJson(basis)).digest('hex');
};
