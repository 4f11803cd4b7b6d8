import { ConnectorError, type SystemSchema } from '@heed/contract';
import { didYouMean, EXIT, printProfileError } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { connect } from '../composition/systems.ts';
import { type Answer, type Invocation, type Options, UsageError } from '../invocation.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

export interface Looked {
  readonly connection: string;
  readonly title: string;
  readonly schema: SystemSchema;
}

/** `fields` and `lists`: asks one connection what its system has, seen with its user's permissions. */
export const lookInto = async (
  invocation: Invocation,
  args: readonly string[],
  options: Options,
  show: (looked: Looked) => Answer,
): Promise<Answer> => {
  const [name = '', wanted = ''] = args;
  const workspace = await openWorkspace(invocation);
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const connection = customer.connections.get(wanted);
  if (connection === undefined) {
    const broken = customer.errors.filter((error) => error.file.endsWith('connections.yaml'));
    for (const error of broken) invocation.tell(printProfileError(error));
    const known = [...customer.connections.keys()];
    const meant = didYouMean(wanted, known);
    const instead = meant === undefined ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean "${meant}"?`;
    throw new UsageError(`${customer.name} has no connection "${wanted}". ${instead}`);
  }
  const connected = await connect(connection, workspace.container.get(TOKENS.Systems));
  if (!connected.ok) throw new UsageError(connected.errors.map(printProfileError).join('\n'));
  // Fields and tags of a marketing system belong to an audience: the profiles' one, if they agree.
  const used = customer.profiles
    .filter((one) => one.marketing.connection === wanted)
    .map((one) => one.marketing.audience);
  const audience =
    typeof options.audience === 'string' ? options.audience : used.length === 0 ? null : (used[0] ?? null);
  const asMarketing = audience !== null || connection.connector.roles.crm === undefined;
  const { session, connector } = connected.open({
    role: asMarketing ? 'marketing' : 'crm',
    container: audience,
    basis: null,
  });
  try {
    return show({ connection: wanted, title: connector.title, schema: await session.describe(invocation.signal) });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    invocation.tell(`${customer.name}/${wanted}: ${error.message}`);
    const code = error.kind === 'config' ? EXIT.invalid : error.kind === 'protocol' ? EXIT.failed : EXIT.unreachable;
    return { code, json: { error: error.message }, text: '' };
  } finally {
    await session.close();
  }
};
