import type { Capabilities } from '@heed/contract';
import { compose, TOKENS } from '../composition/container.ts';
import type { Command } from '../invocation.ts';
import { bold } from '../terminal/paint.ts';
import { paragraph } from '../terminal/text.ts';

/** The installed connectors, with what each can do. */
export const run: Command = async (invocation) => {
  const { stateDir, keyFile, environment } = invocation;
  const container = await compose({ stateDir, keyFile, environment });
  const installed = container.get(TOKENS.Connectors);
  const json = installed.map(({ name, package: from, version, connector, loadSandbox }) => ({
    name,
    title: connector.title,
    package: from,
    version,
    roles: Object.keys(connector.roles),
    can: connector.roles,
    limits: connector.limits,
    sandbox: loadSandbox !== null,
  }));
  const texts = json.map((one) =>
    [
      `${bold(one.name)}  ${one.title}, ${one.package} ${one.version}`,
      paragraph(one.roles.join(', '), '            ', '  roles     '),
      ...Object.entries(one.can).map(([role, can]) =>
        paragraph(
          abilitiesOf(can),
          '            ',
          one.roles.length === 1 ? '  abilities ' : `  as ${role} `.padEnd(12),
        ),
      ),
      `  sandbox   ${one.sandbox ? `heed sandbox ${one.name}` : 'none'}`,
    ].join('\n'),
  );
  return { code: 0, json: { connectors: json }, text: texts.join('\n\n') };
};

/** What it can do, in the words of the manifest; what it cannot is left out. */
const abilitiesOf = (can: Capabilities): string => {
  const words = Object.entries(can).flatMap(([name, value]): string[] => {
    if (value === true) return [name];
    if (Array.isArray(value)) return value.length === 0 ? [] : [`${name}: ${value.join('/')}`];
    return typeof value === 'string' || typeof value === 'number' ? [`${name}: ${value}`] : [];
  });
  return words.join(', ');
};
