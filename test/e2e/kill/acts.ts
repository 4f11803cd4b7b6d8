import type { SandboxControls } from '@heed/sandbox';

/** What people do in the two products, one after another. The judge (expected.ts) knows nothing else. */
export type Act =
  | {
      readonly act: 'joins the CRM';
      readonly record: string;
      readonly type: 'Contact' | 'Lead';
      readonly address: string;
      readonly first: string;
      readonly last: string;
      readonly optedOut: boolean;
    }
  | { readonly act: 'is ticked'; readonly record: string }
  | { readonly act: 'gets a name in the CRM'; readonly record: string; readonly first: string }
  | { readonly act: 'moves'; readonly record: string; readonly address: string }
  | { readonly act: 'is merged into'; readonly record: string; readonly master: string }
  | { readonly act: 'is deleted'; readonly record: string }
  | {
      readonly act: 'joins the audience';
      readonly address: string;
      readonly first: string;
      readonly last: string;
    }
  | { readonly act: 'gets a name in the audience'; readonly address: string; readonly first: string }
  | { readonly act: Left | 'subscribes again by the form'; readonly address: string };

/** Ways out of an audience. */
export type Left = keyof typeof LEAVING;

const LEAVING = {
  unsubscribes: 'person/unsubscribe',
  complains: 'person/complain',
  'is unsubscribed by an administrator': 'admin/unsubscribe',
  bounces: 'person/bounce',
  'is archived': 'admin/archive',
} as const;

type Acting = Pick<SandboxControls<unknown>, 'act'>;

/** The stand-ins that people act in, and the ids that the CRM gave to the records they made. */
export interface Products {
  readonly salesforce: Acting;
  readonly mailchimp: Acting;
  readonly ids: Map<string, string>;
}

/** Does it in the product. */
export const perform = (act: Act, { salesforce, mailchimp, ids }: Products): void => {
  const id = 'record' in act ? ids.get(act.record) : undefined;
  const edit = (fields: Readonly<Record<string, unknown>>): unknown => salesforce.act('admin/edit', { id, fields });
  switch (act.act) {
    case 'joins the CRM':
      ids.set(act.record, create(salesforce, act));
      return;
    case 'is ticked':
      edit({ HasOptedOutOfEmail: true });
      return;
    case 'gets a name in the CRM':
      edit({ FirstName: act.first });
      return;
    case 'moves':
      edit({ Email: act.address });
      return;
    case 'is merged into':
      salesforce.act('admin/merge', { type: 'Contact', master: ids.get(act.master), losers: [id] });
      return;
    case 'is deleted':
      salesforce.act('admin/delete', { id });
      return;
    case 'joins the audience': {
      const mergeFields = { FNAME: act.first, LNAME: act.last };
      mailchimp.act('admin/subscribe', { email: act.address, mergeFields });
      return;
    }
    case 'gets a name in the audience':
      mailchimp.act('admin/edit', { email: act.address, mergeFields: { FNAME: act.first } });
      return;
    case 'subscribes again by the form':
      mailchimp.act('person/resubscribe', { email: act.address });
      return;
    default:
      mailchimp.act(LEAVING[act.act], { email: act.address });
  }
};

const create = (salesforce: Acting, act: Extract<Act, { readonly act: 'joins the CRM' }>): string => {
  const names = { FirstName: act.first, LastName: act.last, Email: act.address };
  const company = act.type === 'Lead' ? { Company: 'Acme' } : {};
  const fields = { ...names, ...company, HasOptedOutOfEmail: act.optedOut };
  return (salesforce.act('admin/create', { type: act.type, fields }) as { readonly id: string }).id;
};
