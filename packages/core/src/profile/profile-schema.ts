import { z } from 'zod';

const text = (description: string) => z.string().min(1).describe(description);
/** What systems call their fields and lists becomes a key of objects, and every object of JavaScript has some keys already. */
const name = (description: string) =>
  text(description)
    .max(255)
    .refine((given) => !(given in Object.prototype), {
      error: 'no field can be carried under this name',
    });
const yesOrNo = (description: string) => z.boolean().describe(description);
const scalar = z.union([z.string().min(1), z.number(), z.boolean()]);

const DATE_FORMAT = /^(?!.*(YYYY.*YYYY|MM.*MM|DD.*DD))(YYYY|MM|DD)([-/. ]?(YYYY|MM|DD)){0,2}$/;

const listRef = z
  .record(z.string().min(1), z.string().min(1))
  .refine((list) => Object.keys(list).length === 1, { error: 'a list is one key and one id, { campaign: 701... }' })
  .meta({ description: 'kind: id, as `heed lists` shows it', minProperties: 1, maxProperties: 1 });

const step = z.union([
  z.enum(['lower', 'upper', 'trim']),
  z
    .strictObject({
      date: z
        .string()
        .regex(DATE_FORMAT, { error: 'a date format is made of YYYY, MM and DD, such as MM/DD' })
        .optional(),
      map: z
        .record(z.string(), z.string().min(1))
        .refine((values) => Object.keys(values).length > 0, { error: 'a map needs at least one value' })
        .optional(),
      join: z.string().min(1).optional(),
      split: z.string().min(1).optional(),
      default: scalar.optional(),
    })
    .refine((transform) => Object.keys(transform).length === 1, {
      error: 'one transform is one key; write several as a list',
    })
    .meta({ minProperties: 1, maxProperties: 1 }),
]);

const fieldMapping = z.strictObject({
  crm: name('A field of the CRM, by its own name'),
  marketing: name('A field of the marketing system, by its own name'),
  direction: z.enum(['both', 'crm-to-marketing', 'marketing-to-crm']).default('both'),
  transform: z.union([step, z.array(step).min(1)]).optional(),
  clear: yesOrNo('An emptied value empties the other side too').default(false),
});

const optedOutWhen = z
  .union([z.boolean(), z.literal('set'), z.array(z.string().min(1)).min(1)])
  .default(true)
  .describe('true a checkbox, false an inverted one, set a date, [values] a picklist');

const customField = z.union([
  name('The opt-out field of the CRM'),
  z.strictObject({
    field: name('The opt-out field of the CRM'),
    optedOutWhen,
    write: z
      .union([z.boolean(), z.string().min(1)])
      .describe('What opts somebody out')
      .optional(),
    alsoStandard: yesOrNo('The standard field counts, and is written, as well').optional(),
  }),
]);

/** What stands for opted out in a field of the CRM; a bare name is a checkbox. */
const topicField = z.union([
  name('The opt-out of the topic in the CRM: a checkbox, or the id of a subscription that the CRM keeps'),
  z.strictObject({
    field: name('The opt-out field of the topic in the CRM'),
    optedOutWhen,
    write: z
      .union([z.boolean(), z.string().min(1)])
      .describe('What opts somebody out')
      .optional(),
  }),
]);

const topic = z
  .strictObject({
    crm: topicField.optional(),
    marketing: text('The id of the topic in the marketing system, as `heed lists` shows it').optional(),
    collapse: z
      .enum(['any', 'all'])
      .describe(
        'For the side that knows no such topic: opted out of everything there once opted out of this topic (any), or of all topics that say all',
      )
      .optional(),
  })
  .meta({ description: 'C17: one subscription, by its name in each system' });

const target = z.union([
  z.enum(['portal', 'custom-field']),
  z.strictObject({ subscriptionType: text('A subscription type of the CRM') }),
]);

/** Inside the customer's own folder: no absolute path, no way up. Links are followed when the file is opened. */
const pathInside = text('A CSV file, relative to the folder of the profile')
  .max(1_000)
  .refine((path) => !/^[/\\~]|^[a-z]:|\p{Cc}/iu.test(path) && !path.split(/[/\\]/).includes('..'), {
    error: 'the file lies in the folder of the profile or below it, written as lists/opt-outs.csv',
  });

const importFrom = z.union([
  pathInside,
  z.strictObject({
    path: pathInside,
    column: text('The column of the addresses, by name or number').optional(),
    delimiter: text('One character').optional(),
    encoding: text('utf-8, windows-1252 and the like').optional(),
  }),
]);

/** The format of one profile file. What one key alone cannot tell is checked in profile-rules.ts. */
export const profileSchema = z
  .strictObject({
    version: z.literal(1).describe('The version of this format'),
    description: z.string().optional(),
    crm: z.strictObject({
      connection: text('A connection of connections.yaml'),
      records: z
        .array(name('A record type of the CRM'))
        .min(1)
        .describe('Record types; the order decides whose fields win when several share an address'),
      lists: z.array(listRef).min(1).optional(),
    }),
    marketing: z.strictObject({
      connection: text('A connection of connections.yaml'),
      audience: text('The id of the audience, as `heed lists` shows it'),
    }),
    schedule: z
      .strictObject({
        // The library counts a range out before it looks whether minutes go that far.
        cron: text('When it runs, five or six cron fields')
          .max(200)
          .refine((cron) => !/\d{3}/.test(cron), { error: 'no field of a cron expression goes beyond 59' }),
        timezone: text('An IANA time zone, America/New_York').default('UTC'),
      })
      .optional(),
    fields: z.array(fieldMapping).default([]),
    conflicts: z.enum(['crm', 'marketing']).default('crm').describe('Whose value stays when both sides changed'),
    create: z
      .strictObject({
        marketing: yesOrNo('Make a member for a record that has none (C19)').default(true),
        crm: z
          .union([z.literal(false), z.string().min(1)])
          .default(false)
          .describe('The record type to make for a new subscriber, or false'),
      })
      .prefault({}),
    whenRecordLeaves: z.enum(['keep', 'tag', 'archive']).default('keep').describe('C12'),
    reference: z.strictObject({ crm: name('The CRM field that holds our own external id') }).optional(),
    optOut: z
      .strictObject({
        crmToMarketing: yesOrNo('C2, C3: unsubscribe in marketing who opted out in the CRM').default(false),
        customField: customField.optional().describe('C4: instead of the standard opt-out field of the CRM'),
        alsoStandard: yesOrNo('C4: customField and the standard field both count').optional(),
        scope: z.enum(['everyone', 'lists']).default('everyone').describe('C5'),
        clearWhenConfirmed: yesOrNo('C7: clear the CRM field after a proven new opt-in').default(false),
        suppressUnknown: yesOrNo('C3: suppress addresses that are not members, where that is free').default(false),
        undeliverableField: name('C10: a CRM checkbox for addresses that bounce').optional(),
        target: target.optional().describe('C27: needed where the opt-out of the CRM is wider than this mailing'),
        softOptOutIsRequest: yesOrNo('C28: a soft opt-out found at first counts as one').default(false),
        importFrom: importFrom
          .optional()
          .describe('C20: an opt-out list that is imported before each run if it changed; for the whole customer'),
      })
      .prefault({}),
    topics: z
      .record(
        name('What the topic is called in reports').regex(/^[\p{L}\p{N}][\p{L}\p{N} _.-]*$/u, {
          error: 'a topic is named by letters, digits, spaces, dots, - and _',
        }),
        topic,
      )
      .default({})
      .describe('C17: single subscriptions, by their own names; * is never among them'),
    consent: z.strictObject({
      newMembers: z.enum(['subscribe', 'double-opt-in', 'non-subscribed']).describe('C19; there is no default'),
      basis: z.enum(['consent', 'existing-customer', 'contract', 'legitimate-interest']).optional(),
      optInField: name('A CRM checkbox that must be true').optional(),
    }),
    guards: z
      .strictObject({
        optOuts: z
          .strictObject({ people: z.int().min(0).default(50), percent: z.number().min(0).max(100).default(5) })
          .prefault({}),
        creates: z.int().min(0).default(5000),
      })
      .prefault({}),
  })
  .meta({ title: 'Heed profile' });

/** A profile file as written, with the defaults that need no other key. */
export type WrittenProfile = z.output<typeof profileSchema>;
