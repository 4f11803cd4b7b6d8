import { connector } from '@heed/connector-netsuite';
import { sandbox } from '@heed/connector-netsuite/sandbox';
import { type SandboxDefinition, startSandbox } from '@heed/sandbox';
import { connectorChecks, describeConnector } from '@heed/testkit';
import { expect, it } from 'vitest';
import { netsuiteCase } from './suite-case.ts';

/** What no source confirms about NetSuite, the other way round: the connector keeps all its promises there as well. */
const OTHER_WAYS: Readonly<Record<string, unknown>> = {
  unsubscribedByDefault: true,
  sessionTimeZone: 'Asia/Kolkata',
  dateFormat: 'D.M.YYYY',
  expiresInType: 'number',
  confirmedStatusWrite: 'ignored',
  confirmedOptInWritable: false,
  confirmedOptOutClearsSubscriptions: false,
  recipientSpellings: 'as-written',
  unsubscribeBox: 'follows-status',
  sharedExternalIds: false,
  duplicateExternalIdCode: 'DUP_RCRD',
  suiteqlNulls: 'null',
  suiteqlKeys: 'as-written',
  suiteqlBooleans: 'true/false',
  suiteqlNumbers: 'numbers',
  suiteqlTextCase: 'insensitive',
  aboveRowCap: 'error',
  rowCap: 1_500,
  mergeLeavesDeletedRecord: true,
  recipientActMovesLastModified: false,
  unorderedRows: 'by-id',
  offsetMultipleOfLimit: false,
  deletedRecordType: 'number',
  jobLooks: -1,
  resultTooEarly: 400,
};

// biome-ignore lint/suspicious/noExplicitAny: the state of a stand-in is its own affair
const otherwise: SandboxDefinition<any, any> = {
  ...sandbox,
  switches: Object.fromEntries(
    Object.entries(sandbox.switches ?? {}).map(([name, one]) => [
      name,
      name in OTHER_WAYS ? { ...one, default: OTHER_WAYS[name] } : one,
    ]),
  ) as NonNullable<typeof sandbox.switches>,
};

it('the stand-in really goes the other ways', async () => {
  const running = await startSandbox(otherwise);
  const shown = (await (await fetch(`${running.url}/__sandbox/switches`)).json()) as Readonly<Record<string, unknown>>;
  await running.close();
  const values = JSON.stringify(shown);
  for (const [name, value] of Object.entries(OTHER_WAYS))
    expect(values).toContain(`"${name}":${JSON.stringify(value)}`);
});

/** Checks that no switch touches run once, in suite.test.ts. */
const ONCE = ['settings:', 'secrecy:', 'strangers:', 'trouble:', 'limits:'];
const elsewhere = connectorChecks.filter(({ name }) => ONCE.some((start) => name.startsWith(start)));

describeConnector(connector, {
  ...netsuiteCase,
  sandbox: otherwise,
  skip: {
    ...netsuiteCase.skip,
    ...Object.fromEntries(elsewhere.map(({ name }) => [name, 'no switch touches it; suite.test.ts has it'])),
  },
});
