import type { FieldSchema, FieldType, ListSchema, SystemSchema, TopicSchema } from '@heed/contract';
import { entryOf, inParallel, recordOf } from '@heed/toolkit';
import type { Api } from './api.ts';
import type { WireMergeField, WireNamed } from './wire.ts';

/** The audiences of the account; with an audience open also its merge fields, interests and tags. */
export const describeAccount = async (
  api: Api,
  audience: string | null,
  signal: AbortSignal,
): Promise<SystemSchema> => {
  const audiences = (await api.audiences(signal)).map(audienceSchema);
  const fields =
    audience === null ? [] : (await api.mergeFields(signal)).filter(({ tag }) => tag !== 'EMAIL').map(fieldSchema);
  return {
    recordTypes: [{ name: 'member', label: 'Audience member', fields, standardOptOut: null, notCreatable: null }],
    lists: audience === null ? [] : (await api.tags(signal)).map(tagSchema),
    audiences,
    topics: audience === null ? [] : await topicsOf(api, signal),
  };
};

const topicsOf = async (api: Api, signal: AbortSignal): Promise<readonly TopicSchema[]> => {
  const categories = await api.interestCategories(signal);
  const perCategory = await inParallel(categories, 8, async (category) => {
    const interests = await api.interests(String(category.id), signal);
    return interests.map(
      ({ id, name }): TopicSchema => ({
        id: String(id),
        name: `${category.name}: ${name}`,
        kind: 'interest',
        mayBeDefault: true,
      }),
    );
  });
  return perCategory.flat();
};

const audienceSchema = ({ id, name, stats }: WireNamed): ListSchema => {
  const size = recordOf(stats).member_count;
  return { kind: 'audience', id: String(id), name, size: typeof size === 'number' ? size : null };
};

const tagSchema = (tag: {
  readonly id: string | number;
  readonly name: string;
  readonly member_count?: unknown;
}): ListSchema => ({
  kind: 'tag',
  id: String(tag.id),
  name: tag.name,
  size: typeof tag.member_count === 'number' ? tag.member_count : null,
});

/** Mailchimp's eleven kinds of merge fields. (spec) */
const FIELD_TYPES: Readonly<Record<string, FieldType>> = {
  text: 'text',
  number: 'number',
  address: 'address',
  phone: 'phone',
  date: 'date',
  url: 'url',
  imageurl: 'url',
  radio: 'picklist',
  dropdown: 'picklist',
  birthday: 'birthday',
  zip: 'text',
};

const fieldSchema = ({ tag, name, type, options }: WireMergeField): FieldSchema => ({
  name: tag,
  label: name,
  type: entryOf(FIELD_TYPES, type) ?? 'other',
  writable: true,
  // A field that is required on forms is not required of us: skip_merge_validation.
  required: false,
  options: choicesIn(options),
  maxLength: null,
  canBeReference: false,
});

const choicesIn = (options: unknown): readonly string[] | null => {
  const { choices } = recordOf(options);
  return Array.isArray(choices) ? choices.filter((one) => typeof one === 'string') : null;
};
