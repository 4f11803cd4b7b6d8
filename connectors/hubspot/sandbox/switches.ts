import type { SwitchDeclaration } from '@heed/sandbox';

/** Settings of an account, and what no source confirms about HubSpot. The README tells each in a line. */
export const SWITCHES = {
  // Settings of the account.
  plan: {
    default: 'professional',
    values: ['free', 'professional', 'enterprise'],
    about: 'The plan: how many calls are allowed, and whether batches of opt-outs are (Enterprise only).',
  },
  rateLimits: { default: true, about: 'Whether calls are limited at all.' },
  tenSecondLimit: { default: 0, about: 'Calls of an app in 10 seconds; 0: what the plan allows.' },
  dailyLimit: { default: 0, about: 'Calls of the account in a day; 0: what the plan allows.' },
  searchPerSecond: { default: 5, about: 'Searches of the account in a second (older documents: 4).' },
  indexLagMs: { default: 3_000, about: 'After how long search sees a write ("may take a few moments").' },
  legalBasisRequired: {
    default: 'never',
    values: ['never', 'subscribing', 'always'],
    about: 'Data privacy: which writes of a subscription need a legal basis.',
  },
  importMs: { default: 5_000, about: 'How long an import takes.' },
  doubleOptIn: { default: false, about: 'Whether contacts of a form have to confirm.' },
  marketableByDefault: {
    default: false,
    about: 'Whether contacts created by this integration are marketing contacts.',
  },
  mergeKeepsPrimaryId: { default: false, about: 'The beta that keeps the primary id of a merge.' },
  validationRules: { default: true, about: "Whether an administrator's validation rules hold for the API (2026-09)." },
  // Unverified.
  optOutBumpsModified: { default: true, about: 'Whether a change of hs_email_optout* moves lastmodifieddate.' },
  sameValueBumpsModified: { default: false, about: 'Whether writing the values there are moves lastmodifieddate.' },
  resubscribeEndsWideOptOut: {
    default: false,
    about: 'Whether subscribing one type through v4 ends a portal-wide opt-out, or is an exception from it.',
  },
  v3RepeatedSubscribe: {
    default: 'refused',
    values: ['refused', 'accepted'],
    about: 'What v3 subscribe says to who is subscribed already.',
  },
  resubscribe2026: {
    default: 'accepted',
    values: ['accepted', 'refused'],
    about: 'What POST /resubscribe of 2026-09 does for who opted out.',
  },
  preferenceEnvelope: {
    default: 'COMPLETE',
    values: ['COMPLETE', 'SUCCESS'],
    about: 'The status of v4 envelopes: the specification, or the sample of the documentation.',
  },
  preferenceBatchMax: { default: 100, about: 'The most inputs of a batch of opt-outs.' },
  personSource: {
    default: 'Email footer link',
    about: 'The source of an opt-out by the person; the real text is unknown.',
  },
  complaintOptsOut: {
    default: true,
    about: 'Whether a spam complaint also opts out of all mail, besides the quarantine.',
  },
  rotateRefreshTokens: { default: false, about: 'Whether a refresh answers a new refresh token and ends the old one.' },
  expiredCategory: {
    default: 'EXPIRED_AUTHENTICATION',
    values: ['EXPIRED_AUTHENTICATION', 'INVALID_AUTHENTICATION'],
    about: 'The category of the 401 for a token that ran out.',
  },
  archiveRepeated: {
    default: 'accepted',
    values: ['accepted', 'refused'],
    about: 'Archiving what is archived or unknown: 204 or 404.',
  },
  duplicateInputs: {
    default: 'refused',
    values: ['refused', 'applied'],
    about: 'The same id or address twice in a batch: 400 for all of it, or one after the other.',
  },
  batchOrder: { default: 'as-sent', values: ['as-sent', 'reversed'], about: 'The order of results of a batch.' },
  echoTraceIds: { default: true, about: 'Whether results of a batch repeat objectWriteTraceId.' },
  partialEmailUpserts: { default: false, about: 'Whether an upsert by email can succeed in part.' },
  historyPageLimit: { default: 50, about: 'The largest page with propertiesWithHistory.' },
  negationsMatchEmpty: { default: false, about: 'Whether NEQ, NOT_IN and NOT_CONTAINS_TOKEN find who has no value.' },
  emailsLowerCased: { default: true, about: 'Whether an address is stored in lower case.' },
  marketableWritable: { default: false, about: 'Whether hs_marketable_status can be written through the API.' },
  legalBasisWritable: { default: true, about: 'Whether hs_legal_basis can be written through the API.' },
  webhooksOnOptOut: { default: true, about: 'Whether a webhook can be had on changes of hs_email_optout.' },
  privacyDeleteForgetsOptOut: {
    default: true,
    about: 'Whether a privacy deletion forgets the opt-out of the address.',
  },
} as const satisfies Readonly<Record<string, SwitchDeclaration>>;
