import type { SwitchDeclaration } from '@heed/sandbox';

/** What no source confirms about Mailchimp, or what only the vendor's side decides. The README tells each in a line. */
export const SWITCHES = {
  sinceLastChangedInclusive: {
    default: false,
    about: 'Whether since_last_changed includes its own second (the spec says "after").',
  },
  beforeLastChangedInclusive: { default: false, about: 'Whether before_last_changed includes its own second.' },
  archivedInUnfilteredScans: {
    default: true,
    about: 'Whether a member scan without status contains archived members.',
  },
  countAboveMaximum: {
    default: 'error',
    values: ['error', 'clamp'],
    about: 'What a count above 1000 gets: a 400, or 1000 rows.',
  },
  cleaningBumpsLastChanged: { default: true, about: 'Whether a bounce that cleans a member moves last_changed.' },
  preferencesBumpLastChanged: {
    default: true,
    about: 'Whether a change of interests on the profile page moves last_changed.',
  },
  archiveHidesOptOut: {
    default: true,
    about: 'Whether an archived member who had opted out himself can be subscribed again by API.',
  },
  pendingToSubscribed: {
    default: true,
    about: 'Whether the API may set a pending member (who never opted out) to subscribed without confirmation.',
  },
  cleanedToUnsubscribed: {
    default: 'refused',
    values: ['refused', 'ignored', 'applied'],
    about: 'What setting a cleaned member to unsubscribed by API does: 400, 200 without effect, or applied.',
  },
  transactionalOnExisting: {
    default: 'ignored',
    values: ['ignored', 'applied'],
    about: 'What PUT or the batch with status transactional does to an existing member.',
  },
  complaintBecomes: {
    default: 'unsubscribed',
    values: ['unsubscribed', 'cleaned'],
    about: 'The status of a member who reported abuse.',
  },
  formSignupActivity: {
    default: 'website_signup',
    values: ['website_signup', 'generic_signup', 'landing_page_signup', 'signup'],
    about:
      'How the activity feed calls a sign-up at the hosted form; the spec has a filter "signup" but no such activity.',
  },
  personReason: {
    default: 'None given',
    about: 'unsubscribe_reason of somebody who unsubscribed himself; "" leaves the field out.',
  },
  putToUnknownHash: {
    default: 'member-exists',
    values: ['member-exists', 'updates'],
    about: 'PUT to a hash that does not exist with the address of a member who does: 400, or an update of that member.',
  },
  batchResubscribe: {
    default: 'error',
    values: ['error', 'silent'],
    about: 'What the batch does with the re-subscribe of somebody who opted out himself: an error, or nothing at all.',
  },
  batchWithoutStatus: {
    default: 'error',
    values: ['error', 'keep', 'subscribed'],
    about: 'A batch item without status: an error, the present status (new members: subscribed), or subscribed.',
  },
  batchRevivesArchived: {
    default: true,
    about: 'Whether a batch with update_existing false takes an archived member for a new one, as POST /members does.',
  },
  asyncStartMs: {
    default: 2_000,
    about: 'From the submission of an asynchronous batch to its first operation, at least.',
  },
  asyncOperationMs: {
    default: 20,
    about: 'How long one operation of an asynchronous batch takes; they run one by one.',
  },
  asyncFinalizeMs: { default: 1_000, about: 'From the last operation of an asynchronous batch to its archive.' },
  asyncTotalWhilePending: {
    default: false,
    about: 'Whether a pending batch shows how many operations it has, or 0.',
  },
  asyncParamsOnWrites: {
    default: true,
    about: 'Whether `params` count for operations that write; an old guide says "only used for GET".',
  },
  asyncOperationLimit: { default: 0, about: 'The most operations of an asynchronous batch; 0 for no limit.' },
  asyncNewestFirst: { default: false, about: 'Whether the list of asynchronous batches begins with the newest.' },
  asyncLinkMinutes: { default: 10, about: 'How long the link to the results of a batch can be used.' },
  asyncResultsKeptDays: { default: 7, about: 'How long a finished batch can be asked for.' },
  batchItemTags: { default: true, about: 'Whether tags in batch items are honoured.' },
  fakeAddressPart: {
    default: 'looks-fake',
    about: 'Addresses with this text in the local part "look fake or invalid"; the real criteria are unknown.',
  },
  signupFloodPart: {
    default: 'signup-flood',
    about: 'Addresses with this text in the local part have "signed up to a lot of lists very recently".',
  },
  account: {
    default: 'active',
    values: ['active', 'user-disabled', 'compliance'],
    about: 'The state of the whole account: active, disabled, or under compliance review.',
  },
  mergeTagLength: { default: 10, about: 'The longest merge tag.' },
  mergeFieldLimit: { default: 80, about: 'How many merge fields an audience may have.' },
} as const satisfies Readonly<Record<string, SwitchDeclaration>>;
