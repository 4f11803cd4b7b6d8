import type { Segment } from '../account.ts';
import { bump, objectOf } from '../member-write.ts';
import { notValidated } from '../problem.ts';
import { audienceOf, bodyOf, type MailchimpRoute, memberOf, page, route, selfLink } from '../route.ts';
import { newSegment, setInSegment, tagNamed } from '../segments.ts';
import { iso } from '../time.ts';

const TAGS = '/lists/{list}/members/{member}/tags';

export const tagRoutes: readonly MailchimpRoute[] = [
  route('GET', TAGS, (call) => {
    const member = memberOf(call);
    const names = new Map(audienceOf(call).segments.map(({ id, name }) => [id, name]));
    return {
      tags: page(call, member.segments).map(([id, sinceS]) => ({ id, name: names.get(id), date_added: iso(sinceS) })),
      total_items: member.segments.length,
    };
  }),
  route('POST', TAGS, (call) => {
    const audience = audienceOf(call);
    const member = memberOf(call, 'hash');
    const changes = wantedTags(bodyOf(call).tags).map(({ name, active }) => {
      const tag: Segment | undefined =
        tagNamed(audience, name) ?? (active ? newSegment(call.world, audience, name) : undefined);
      return tag !== undefined && setInSegment(call.world, tag, member, active);
    });
    if (changes.includes(true)) bump(call.world, audience, member);
    return undefined;
  }),
  route('GET', '/lists/{list}/tag-search', (call) => {
    const begin = (call.query.get('name') ?? '').toLowerCase();
    const tags = audienceOf(call).segments.filter(
      (one) => one.type === 'static' && one.name.toLowerCase().startsWith(begin),
    );
    return {
      tags: tags.map(({ id, name }) => ({ id, name })),
      total_items: tags.length,
      _links: selfLink(call, `/lists/${call.params.list}/tag-search`),
    };
  }),
];

function wantedTags(value: unknown): readonly { readonly name: string; readonly active: boolean }[] {
  if (!Array.isArray(value)) throw notValidated({ field: 'tags', message: 'Required fields were not provided: tags' });
  return value.map((one) => {
    const { name, status } = objectOf(one);
    if (typeof name !== 'string' || name.trim() === '' || (status !== 'active' && status !== 'inactive')) {
      throw notValidated({ field: 'tags', message: 'Each tag needs a name and the status active or inactive' });
    }
    return { name, active: status === 'active' };
  });
}
