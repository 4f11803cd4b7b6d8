import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The vendor data collected in specs/salesforce, which is not part of this repository: it is read from $VENDOR_SPECS,
 * or from ../shared/specs beside the repository.
 */
export const root = join(import.meta.dirname, '../../../..');
const folder = join(process.env.VENDOR_SPECS ?? join(root, '../shared/specs'), 'salesforce');

/** True where the specifications are not there; says so once for each test file that needs them. */
export const skipped = !existsSync(folder);
if (skipped) console.warn(`SKIPPED: no vendor specifications at ${folder}; set VENDOR_SPECS to check against them`);

/** For the name of a suite that cannot run without them. */
export const whenSkipped = skipped ? ' (SKIPPED: no vendor specifications; set VENDOR_SPECS)' : '';

export function vendorFile(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
