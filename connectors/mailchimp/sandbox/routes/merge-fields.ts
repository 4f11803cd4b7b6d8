import type { Audience, MergeField, MergeFieldType } from '../account.ts';
import { withdrawMergeField } from '../haunt.ts';
import { type Body, objectOf, textOf } from '../member-write.ts';
import { invalidResource, notFound, notValidated } from '../problem.ts';
import { audienceOf, bodyOf, type MailchimpCall, type MailchimpRoute, page, route, selfLink } from '../route.ts';

const LIST = '/lists/{list}/merge-fields';
const ONE = `${LIST}/{field}`;
const TYPES: readonly string[] = [
  'text',
  'number',
  'address',
  'phone',
  'date',
  'url',
  'imageurl',
  'radio',
  'dropdown',
  'birthday',
  'zip',
];

export const mergeFieldRoutes: readonly MailchimpRoute[] = [
  route('GET', LIST, (call) => {
    const audience = audienceOf(call);
    const type = call.query.get('type');
    const required = call.query.get('required');
    const found = audience.mergeFields.filter(
      (field) => (type === null || field.type === type) && (required === null || String(field.required) === required),
    );
    return {
      merge_fields: page(call, found).map((field) => fieldBody(call, audience, field)),
      list_id: audience.id,
      total_items: found.length,
      _links: selfLink(call, `/lists/${audience.id}/merge-fields`),
    };
  }),
  route('POST', LIST, (call) => {
    const audience = audienceOf(call);
    const field = newMergeField(call, audience, bodyOf(call));
    audience.mergeFields.push(field);
    return fieldBody(call, audience, field);
  }),
  route('GET', ONE, (call) => fieldBody(call, audienceOf(call), fieldOf(call))),
  route('PATCH', ONE, (call) => {
    const audience = audienceOf(call);
    const field = fieldOf(call);
    const body = bodyOf(call);
    const tag = textOf(body, 'tag');
    if (tag !== undefined && tag !== field.tag) retag(call, audience, field, checkedTag(call, audience, tag));
    field.name = textOf(body, 'name') ?? field.name;
    field.required = typeof body.required === 'boolean' ? body.required : field.required;
    field.defaultValue = textOf(body, 'default_value') ?? field.defaultValue;
    field.isPublic = typeof body.public === 'boolean' ? body.public : field.isPublic;
    field.displayOrder = typeof body.display_order === 'number' ? body.display_order : field.displayOrder;
    field.options = { ...field.options, ...objectOf(body.options) };
    field.helpText = textOf(body, 'help_text') ?? field.helpText;
    return fieldBody(call, audience, field);
  }),
  route('DELETE', ONE, (call) => {
    withdrawMergeField(audienceOf(call), fieldOf(call));
    return undefined;
  }),
];

function newMergeField(call: MailchimpCall, audience: Audience, body: Body): MergeField {
  const name = textOf(body, 'name');
  const type = textOf(body, 'type');
  if (name === undefined || name === '')
    throw notValidated({ field: 'name', message: 'Required fields were not provided: name' });
  if (type === undefined || !TYPES.includes(type)) {
    throw notValidated({ field: 'type', message: `Value must be one of: ${TYPES.join(',')}` });
  }
  if (audience.mergeFields.length >= Number(call.world.switches.get('mergeFieldLimit'))) {
    throw invalidResource('This audience already has the maximum number of merge fields.');
  }
  const id = 1 + audience.mergeFields.reduce((most, field) => Math.max(most, field.id), 0);
  return {
    id,
    tag: checkedTag(call, audience, textOf(body, 'tag') || `MMERGE${id}`),
    name,
    type: type as MergeFieldType, // one of TYPES
    required: body.required === true,
    defaultValue: textOf(body, 'default_value') ?? '',
    isPublic: body.public === true,
    displayOrder: typeof body.display_order === 'number' ? body.display_order : id + 1,
    options: objectOf(body.options),
    helpText: textOf(body, 'help_text') ?? '',
  };
}

function checkedTag(call: MailchimpCall, audience: Audience, wanted: string): string {
  const tag = wanted.toUpperCase();
  const longest = Number(call.world.switches.get('mergeTagLength'));
  if (!/^[A-Z0-9_]+$/.test(tag) || tag.length > longest) {
    throw notValidated({ field: 'tag', message: `A merge tag has at most ${longest} letters, digits and underscores` });
  }
  if (tag === 'EMAIL' || audience.mergeFields.some((field) => field.tag === tag)) {
    throw invalidResource(`A Merge Field with the tag "${tag}" already exists for this list.`);
  }
  return tag;
}

function retag(call: MailchimpCall, audience: Audience, field: MergeField, tag: string): void {
  for (const member of audience.members.all()) {
    const value = member.mergeFields[field.tag];
    if (value === undefined) continue;
    delete member.mergeFields[field.tag];
    member.mergeFields[tag] = value;
    call.touch(member.hash);
  }
  field.tag = tag;
}

function fieldOf(call: MailchimpCall): MergeField {
  const field = audienceOf(call).mergeFields.find((one) => String(one.id) === call.params.field);
  if (field === undefined) throw notFound();
  return field;
}

function fieldBody(call: MailchimpCall, audience: Audience, field: MergeField): object {
  return {
    merge_id: field.id,
    tag: field.tag,
    name: field.name,
    type: field.type,
    required: field.required,
    default_value: field.defaultValue,
    public: field.isPublic,
    display_order: field.displayOrder,
    options: field.options,
    help_text: field.helpText,
    list_id: audience.id,
    _links: selfLink(call, `/lists/${audience.id}/merge-fields/${field.id}`),
  };
}
