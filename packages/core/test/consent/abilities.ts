import type { Capabilities } from '@heed/contract';

/** What the two systems of the stories can do. */
export const CAN: { readonly crm: Capabilities; readonly marketing: Capabilities } = (() => {
  const crm: Capabilities = {
    optOutBy: 'field',
    customOptOutField: true,
    optOutIsWide: false,
    listsOptedOutWithoutContact: true,
    optOutUnknown: false,
    newMembers: [],
    creates: ['Lead', 'Contact'],
    reference: true,
    conditionalWrite: true,
    rename: true,
    tag: false,
    archive: false,
    clear: true,
    deletions: true,
    heirs: true,
    proofs: [],
    changesKeptDays: 15,
    listKinds: ['campaign'],
    bulk: null,
  };
  const marketing: Capabilities = {
    ...crm,
    optOutBy: 'status',
    customOptOutField: false,
    optOutUnknown: true,
    newMembers: ['subscribed', 'pending', 'non-subscribed', 'unsubscribed'],
    creates: [],
    reference: false,
    tag: true,
    archive: true,
    clear: false,
    deletions: false,
    heirs: false,
    proofs: ['pending-then-subscribed', 'own-event'],
    listKinds: [],
    bulk: null,
  };
  return { crm, marketing };
})();
