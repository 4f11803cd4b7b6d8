import { sandbox as mailchimpDefinition } from '@heed/connector-mailchimp/sandbox';
import { sandbox as salesforceDefinition } from '@heed/connector-salesforce/sandbox';
import { type RunningSandbox, type SandboxDefinition, type SandboxOptions, startSandbox } from '@heed/sandbox';
import { type Look, memberLook, recordLook } from './expected.ts';

/** A call that a stand-in has carried out and not answered yet. */
export interface Served {
  readonly method: string;
  readonly path: string;
}

/** A running stand-in whose account can be kept under a name and brought back. */
type StandIn<State, Extras extends object> = RunningSandbox<State, Extras> & {
  keep(name: string): void;
  bringBack(name: string): void;
};

const startStandIn = async <State, Extras extends object>(
  definition: SandboxDefinition<State, Extras>,
  options: SandboxOptions,
  served: (call: Served) => void,
): Promise<StandIn<State, Extras>> => {
  const kept = new Map<string, { readonly account: string; readonly position: number }>();
  let next: string | null = null;
  let position = (): number => 0;
  const sandbox = await startSandbox<State, Extras>(
    {
      ...definition,
      freshState(setting) {
        position = () => setting.random.position();
        const found = next === null ? undefined : kept.get(next);
        if (found === undefined || definition.load === undefined) return definition.freshState(setting);
        setting.random.moveTo(found.position); // or ids would be given out twice
        return definition.load(JSON.parse(found.account));
      },
      finish(exchange, reply) {
        served(exchange);
        return definition.finish?.(exchange, reply) ?? reply;
      },
    },
    options,
  );
  return Object.assign(sandbox, {
    keep(name: string) {
      kept.set(name, { account: JSON.stringify(definition.save?.(sandbox.state())), position: position() });
    },
    bringBack(name: string) {
      next = name;
      sandbox.reset();
    },
  });
};

/** Jobs that take moments, not minutes: but several looks, so that a kill may fall between two of them. */
const MAILCHIMP_PACE = { asyncStartMs: 150, asyncOperationMs: 1, asyncFinalizeMs: 150 };
const SALESFORCE_PACE = { bulkJobLooks: 3, bulkJobMs: 2_000 };

export const startSalesforce = (served: (call: Served) => void) =>
  startStandIn(salesforceDefinition, { switches: SALESFORCE_PACE }, served);
export const startMailchimp = (served: (call: Served) => void) =>
  startStandIn(mailchimpDefinition, { switches: MAILCHIMP_PACE }, served);

export type Salesforce = Awaited<ReturnType<typeof startSalesforce>>;
export type Mailchimp = Awaited<ReturnType<typeof startMailchimp>>;

/** What stands in both systems, read from the stand-ins' own accounts. */
export const lookOf = (salesforce: Salesforce, mailchimp: Mailchimp): Look => {
  const look = new Map<string, readonly string[]>();
  const show = (key: string, text: string): void => {
    look.set(key, [...(look.get(key) ?? []), text].sort());
  };
  for (const type of ['Contact', 'Lead'])
    for (const row of salesforce.state().needTable(type).rows())
      if (row.IsDeleted !== true)
        show(
          `${type} ${row.Email}`,
          recordLook(String(row.FirstName), String(row.LastName), row.HasOptedOutOfEmail === true),
        );
  for (const { email, status, mergeFields } of mailchimp.state().audiences.get(mailchimp.audience)?.members.all() ?? [])
    show(`member ${email}`, memberLook(String(mergeFields.FNAME), String(mergeFields.LNAME), status));
  return look;
};
