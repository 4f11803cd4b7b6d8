import { optionsOf, type PropertyDefinition, type PropertyType, propertyOf } from './property.ts';
import { LEGAL_BASES, mirrorName, type SubscriptionType } from './subscriptions.ts';

type Row = readonly [name: string, type: PropertyType, label: string];

const WRITABLE: readonly Row[] = [
  ['email', 'string', 'Email'],
  ['firstname', 'string', 'First Name'],
  ['lastname', 'string', 'Last Name'],
  ['salutation', 'string', 'Salutation'],
  ['phone', 'phone_number', 'Phone Number'],
  ['mobilephone', 'phone_number', 'Mobile Phone Number'],
  ['company', 'string', 'Company Name'],
  ['jobtitle', 'string', 'Job Title'],
  ['website', 'string', 'Website URL'],
  ['address', 'string', 'Street Address'],
  ['city', 'string', 'City'],
  ['state', 'string', 'State/Region'],
  ['zip', 'string', 'Postal Code'],
  ['country', 'string', 'Country/Region'],
  ['date_of_birth', 'string', 'Date of birth'],
  ['annualrevenue', 'string', 'Annual Revenue'],
  ['hs_additional_emails', 'string', 'Additional email addresses'],
];

const READ_ONLY: readonly Row[] = [
  ['createdate', 'datetime', 'Create Date'],
  ['lastmodifieddate', 'datetime', 'Last Modified Date'],
  ['hs_object_id', 'number', 'Record ID'],
  ['hs_merged_object_ids', 'string', 'Merged record IDs'],
  ['hs_calculated_merged_vids', 'string', 'Merged vids with timestamps of a contact'],
  ['hs_email_optout', 'bool', 'Unsubscribed from all email'],
  ['hs_email_optout_survey_reason', 'string', 'Reason for opting out of email'],
  ['hs_email_bad_address', 'bool', 'Invalid email address'],
  ['hs_email_bounce', 'number', 'Marketing emails bounced'],
  ['hs_email_hard_bounce_reason', 'string', 'Email hard bounce reason'],
  ['hs_email_quarantined', 'bool', 'Email address quarantined'],
  ['hs_email_customer_quarantined_reason', 'string', 'Email address customer quarantine reason'],
  ['hs_quarantined_emails', 'string', 'Quarantined Emails'],
  ['hs_email_is_ineligible', 'bool', 'Is globally ineligible'],
  ['hs_email_recipient_fatigue_recovery_time', 'datetime', 'Email recipient fatigue recovery time'],
  ['hs_email_sends_since_last_engagement', 'number', 'Sends since last engagement'],
  ['hs_marketable_reason_id', 'string', 'Marketing contact status source name'],
  ['hs_marketable_reason_type', 'string', 'Marketing contact status source type'],
];

const BOUNCE_REASONS = ['CONTENT', 'MAILBOX_FULL', 'OTHER', 'POLICY', 'SPAM', 'UNKNOWN_USER'];
const QUARANTINE_REASONS = [
  'ON_LIST_IMPORT',
  'HIGH_HARD_BOUNCE_RATE',
  'MULTIPLE_CANCELLED_CAMPAIGNS',
  'FORM_ABUSE',
  'RECIPIENT_COMPLAINT',
  'SUSPENSION_REMEDIATION',
  'BLOCKLIST_REMEDIATION',
  'TRUST_SAFETY_REMEDIATION',
  'UNDELIVERABLE_ADDRESS',
  'OTHER',
];
/** The labels that the knowledge base lists; the values behind them are unknown, so they are the same here. */
const CONFIRMATION_STATES = [
  'Confirmed',
  'Confirmation Pending',
  'Confirmation Email Sent',
  'User clicked confirmation',
  'HubSpot Rep. marked confirmed',
  'Customer marked confirmed',
  'Confirmed from previous behavior',
  'Confirmed due to form',
];
const STAGES = ['subscriber', 'lead', 'marketingqualifiedlead', 'salesqualifiedlead', 'customer', 'other'];

const HUBSPOT = { hubspotDefined: true } as const;
const SHOWN_ONLY = { hubspotDefined: true, readOnlyValue: true, formField: false } as const;

/** What every account has, and some properties that an administrator has added: unique, multiple, hidden, sensitive. */
export function standardProperties(atMs: number): readonly PropertyDefinition[] {
  return [
    ...WRITABLE.map(([name, type, label]) => propertyOf(name, type, label, atMs, HUBSPOT)),
    ...READ_ONLY.map(([name, type, label]) => propertyOf(name, type, label, atMs, SHOWN_ONLY)),
    propertyOf('lifecyclestage', 'enumeration', 'Lifecycle Stage', atMs, { ...HUBSPOT, options: optionsOf(STAGES) }),
    propertyOf('hs_language', 'enumeration', 'Preferred language', atMs, {
      ...HUBSPOT,
      options: optionsOf(['en', 'de', 'fr', 'es'], ['English', 'German', 'French', 'Spanish']),
    }),
    propertyOf('hs_legal_basis', 'enumeration', "Legal basis for processing contact's data", atMs, {
      ...HUBSPOT,
      fieldType: 'checkbox',
      options: optionsOf(LEGAL_BASES),
    }),
    ...enumerations(atMs),
    propertyOf('hs_full_name_or_email', 'string', 'Full name or email', atMs, { ...SHOWN_ONLY, calculated: true }),
    propertyOf('customer_number', 'string', 'Customer number', atMs, { hasUniqueValue: true }),
    propertyOf('interests', 'enumeration', 'Interests', atMs, {
      fieldType: 'checkbox',
      options: optionsOf(['news', 'events', 'offers'], ['News', 'Events', 'Offers']),
    }),
    propertyOf('birthday', 'date', 'Birthday', atMs),
    propertyOf('last_visit', 'datetime', 'Last visit', atMs),
    propertyOf('loyalty_points', 'number', 'Loyalty points', atMs),
    propertyOf('vip', 'bool', 'VIP', atMs),
    propertyOf('internal_score', 'number', 'Internal score', atMs, { hidden: true, formField: false }),
    propertyOf('health_note', 'string', 'Health note', atMs, { sensitivity: 'sensitive' }),
  ];
}

function enumerations(atMs: number): readonly PropertyDefinition[] {
  return [
    propertyOf('hs_marketable_status', 'enumeration', 'Marketing contact status', atMs, {
      ...SHOWN_ONLY,
      options: optionsOf(['true', 'false'], ['Marketing contact', 'Non-marketing contact']),
    }),
    propertyOf('hs_marketable_until_renewal', 'enumeration', 'Marketing contact until next update', atMs, {
      ...SHOWN_ONLY,
      options: optionsOf(['true', 'false'], ['Yes', 'No']),
    }),
    propertyOf('hs_email_hard_bounce_reason_enum', 'enumeration', 'Email hard bounce reason', atMs, {
      ...SHOWN_ONLY,
      options: optionsOf(BOUNCE_REASONS),
    }),
    propertyOf('hs_email_quarantined_reason', 'enumeration', 'Email address quarantine reason', atMs, {
      ...SHOWN_ONLY,
      options: optionsOf(QUARANTINE_REASONS),
    }),
    propertyOf('hs_emailconfirmationstatus', 'enumeration', 'Marketing email confirmation status', atMs, {
      ...SHOWN_ONLY,
      options: optionsOf(CONFIRMATION_STATES),
    }),
  ];
}

/** `hs_email_optout_<id>` of a subscription type. */
export function mirrorProperty(type: SubscriptionType): PropertyDefinition {
  return propertyOf(mirrorName(type), 'enumeration', `Opted out of email: ${type.name}`, type.createdAtMs, {
    ...SHOWN_ONLY,
    groupName: 'emailinformation',
    options: optionsOf(['true', 'false'], ['Yes', 'No']),
  });
}
