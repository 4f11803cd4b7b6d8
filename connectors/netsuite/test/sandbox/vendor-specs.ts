import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The vendor data collected in specs/netsuite, which is not part of this repository: it is read from $VENDOR_SPECS, or
 * from ../shared/specs beside the repository.
 */
const root = join(import.meta.dirname, '../../../..');
const folder = join(process.env.VENDOR_SPECS ?? join(root, '../shared/specs'), 'netsuite');

/** True where the specifications are not there; says so once. */
export const skipped = !existsSync(folder);
if (skipped) console.warn(`SKIPPED: no vendor specifications at ${folder}; set VENDOR_SPECS to check against them`);

/** For the name of a suite that cannot run without them. */
export const whenSkipped = skipped ? ' (SKIPPED: no vendor specifications; set VENDOR_SPECS)' : '';

/** A type as the API Browser writes it: `string`, `ref customer`, `boolean (label: ...)`, or an object or sublist. */
export type SpecType =
  | string
  | { readonly type: 'object'; readonly props: { readonly id: readonly string[]; readonly refName: string } }
  | { readonly type: 'sublist'; readonly element: Readonly<Record<string, string>> };

export interface RecordFields {
  readonly globalSubscriptionStatusIds: Readonly<Record<string, string>>;
  readonly records: Readonly<
    Record<
      'contact' | 'customer',
      {
        readonly path: string;
        readonly fields: Readonly<Record<string, SpecType>>;
        readonly absent?: readonly string[];
      }
    >
  >;
  readonly collectionEnvelope: Readonly<Record<string, string>>;
  readonly nsError: { readonly 'o:errorDetails[]': Readonly<Record<string, string>> } & Readonly<
    Record<string, unknown>
  >;
}

export function recordFields(): RecordFields {
  return JSON.parse(readFileSync(join(folder, 'record-fields-2026.1.json'), 'utf8')) as RecordFields;
}
