import type { Audience, Interest, InterestCategory } from '../account.ts';
import { type Body, textOf } from '../member-write.ts';
import { notFound, notValidated } from '../problem.ts';
import { audienceOf, bodyOf, type MailchimpCall, type MailchimpRoute, page, route, selfLink } from '../route.ts';

const LIST = '/lists/{list}/interest-categories';
const ONE = `${LIST}/{category}`;
const INTERESTS = `${ONE}/interests`;
const TYPES: readonly string[] = ['checkboxes', 'dropdown', 'radio', 'hidden'];

export const interestRoutes: readonly MailchimpRoute[] = [
  route('GET', LIST, (call) => {
    const audience = audienceOf(call);
    const type = call.query.get('type');
    const found = audience.categories.filter((one) => type === null || one.type === type);
    return {
      list_id: audience.id,
      categories: page(call, found).map((one) => categoryBody(call, audience, one)),
      total_items: found.length,
      _links: selfLink(call, `/lists/${audience.id}/interest-categories`),
    };
  }),
  route('POST', LIST, (call) => {
    const audience = audienceOf(call);
    const body = bodyOf(call);
    const type = textOf(body, 'type') ?? '';
    if (!TYPES.includes(type))
      throw notValidated({ field: 'type', message: `Value must be one of: ${TYPES.join(',')}` });
    const category: InterestCategory = {
      id: call.world.random.hex(10),
      title: needed(body, 'title'),
      displayOrder: audience.categories.length,
      type,
      interests: [],
    };
    audience.categories.push(category);
    return categoryBody(call, audience, category);
  }),
  route('GET', ONE, (call) => categoryBody(call, audienceOf(call), categoryOf(call))),
  route('PATCH', ONE, (call) => {
    const category = categoryOf(call);
    category.title = textOf(bodyOf(call), 'title') ?? category.title;
    return categoryBody(call, audienceOf(call), category);
  }),
  route('DELETE', ONE, (call) => {
    const { categories } = audienceOf(call);
    categories.splice(categories.indexOf(categoryOf(call)), 1);
    return undefined;
  }),
  route('GET', INTERESTS, (call) => {
    const audience = audienceOf(call);
    const category = categoryOf(call);
    return {
      interests: page(call, category.interests).map((one) => interestBody(call, audience, category, one)),
      list_id: audience.id,
      category_id: category.id,
      total_items: category.interests.length,
      _links: selfLink(call, `/lists/${audience.id}/interest-categories/${category.id}/interests`),
    };
  }),
  route('POST', INTERESTS, (call) => {
    const category = categoryOf(call);
    const interest: Interest = {
      id: call.world.random.hex(10),
      name: needed(bodyOf(call), 'name'),
      displayOrder: category.interests.length + 1,
    };
    category.interests.push(interest);
    return interestBody(call, audienceOf(call), category, interest);
  }),
  route('GET', `${INTERESTS}/{interest}`, (call) =>
    interestBody(call, audienceOf(call), categoryOf(call), interestOf(call)),
  ),
  route('PATCH', `${INTERESTS}/{interest}`, (call) => {
    const interest = interestOf(call);
    interest.name = textOf(bodyOf(call), 'name') ?? interest.name;
    return interestBody(call, audienceOf(call), categoryOf(call), interest);
  }),
  route('DELETE', `${INTERESTS}/{interest}`, (call) => {
    const { interests } = categoryOf(call);
    interests.splice(interests.indexOf(interestOf(call)), 1);
    return undefined;
  }),
];

function needed(body: Body, field: string): string {
  const value = textOf(body, field);
  if (value === undefined || value === '') {
    throw notValidated({ field, message: `Required fields were not provided: ${field}` });
  }
  return value;
}

function categoryOf(call: MailchimpCall): InterestCategory {
  const category = audienceOf(call).categories.find((one) => one.id === call.params.category);
  if (category === undefined) throw notFound();
  return category;
}

function interestOf(call: MailchimpCall): Interest {
  const interest = categoryOf(call).interests.find((one) => one.id === call.params.interest);
  if (interest === undefined) throw notFound();
  return interest;
}

function categoryBody(call: MailchimpCall, audience: Audience, category: InterestCategory): object {
  return {
    list_id: audience.id,
    id: category.id,
    title: category.title,
    display_order: category.displayOrder,
    type: category.type,
    _links: selfLink(call, `/lists/${audience.id}/interest-categories/${category.id}`),
  };
}

function interestBody(call: MailchimpCall, audience: Audience, category: InterestCategory, interest: Interest): object {
  let subscribers = 0;
  for (const member of audience.members.all()) {
    if (member.status === 'subscribed' && member.interests.includes(interest.id)) subscribers += 1;
  }
  return {
    category_id: category.id,
    list_id: audience.id,
    id: interest.id,
    name: interest.name,
    subscriber_count: String(subscribers),
    display_order: interest.displayOrder,
    _links: selfLink(call, `/lists/${audience.id}/interest-categories/${category.id}/interests/${interest.id}`),
  };
}
