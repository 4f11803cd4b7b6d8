import type { Setting } from '@heed/sandbox';
import { type Account, type Audience, type MergeField, type MergeFieldType, nextNumber } from './account.ts';
import { membership } from './membership.ts';
import { secondsOf } from './time.ts';

/** What an audience can be created with. */
export interface AudienceWish {
  readonly name: string;
  readonly doubleOptin?: boolean;
  /** With GDPR fields. */
  readonly withPermissions?: boolean;
  readonly settings?: Record<string, unknown>;
}

/** Opens an audience with the two merge fields that every new one has. */
export function openAudience(setting: Setting, account: Account, wish: AudienceWish): Audience {
  const audience: Audience = {
    id: setting.random.hex(10),
    webId: nextNumber(account),
    name: wish.name,
    doubleOptin: wish.doubleOptin === true,
    createdAtS: secondsOf(setting.clock.now()),
    settings: wish.settings ?? DEFAULT_SETTINGS,
    permissions: wish.withPermissions === true ? permissions(setting) : [],
    mergeFields: [mergeField(1, 'FNAME', 'First Name', 'text'), mergeField(2, 'LNAME', 'Last Name', 'text')],
    categories: [],
    segments: [],
    members: membership(),
    forgotten: new Set(),
    abuseReports: [],
    unsubscribes: [],
  };
  account.audiences.set(audience.id, audience);
  return audience;
}

/** The audience that is handed out ready and empty: fields and interests as a small firm has them. */
export function openReadyAudience(setting: Setting, account: Account, name: string): Audience {
  const audience = openAudience(setting, account, { name });
  audience.mergeFields.push(
    mergeField(3, 'ADDRESS', 'Address', 'address', { default_country: 164 }),
    mergeField(4, 'PHONE', 'Phone Number', 'phone', { phone_format: 'none' }),
    mergeField(5, 'BIRTHDAY', 'Birthday', 'birthday', { date_format: 'MM/DD' }),
    mergeField(6, 'COMPANY', 'Company', 'text'),
    mergeField(7, 'TITLE', 'Title', 'text'),
  );
  audience.categories.push({
    id: setting.random.hex(10),
    title: 'What would you like to hear about?',
    displayOrder: 0,
    type: 'checkboxes',
    interests: ['Newsletter', 'Events'].map((interest, index) => ({
      id: setting.random.hex(10),
      name: interest,
      displayOrder: index + 1,
    })),
  });
  return audience;
}

function mergeField(
  id: number,
  tag: string,
  name: string,
  type: MergeFieldType,
  options: Readonly<Record<string, unknown>> = type === 'text' ? { size: 25 } : {},
): MergeField {
  return {
    id,
    tag,
    name,
    type,
    required: false,
    defaultValue: '',
    isPublic: true,
    displayOrder: id + 1,
    options,
    helpText: '',
  };
}

function permissions({ random }: Setting): Audience['permissions'] {
  return ['Email', 'Direct Mail', 'Customized Online Advertising'].map((text) => ({ id: random.hex(10), text }));
}

const DEFAULT_SETTINGS: Record<string, unknown> = {
  contact: {
    company: 'Northwind Bakery',
    address1: 'Elm Street 1',
    address2: '',
    city: 'Springfield',
    state: 'IL',
    zip: '62701',
    country: 'US',
    phone: '',
  },
  permission_reminder: 'You asked for our letters on our web site.',
  campaign_defaults: {
    from_name: 'Northwind Bakery',
    from_email: 'hello@northwind.example',
    subject: '',
    language: 'en',
  },
  email_type_option: false,
};
