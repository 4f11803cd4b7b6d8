import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { standardObjects } from '../../sandbox/schema/index.ts';

/**
 * The stand-in's schema and error codes against the vendor data collected in specs/salesforce, which is not part of
 * this repository: it is read from $VENDOR_SPECS, or from ../shared/specs beside the repository.
 */
const root = join(import.meta.dirname, '../../../..');
const folder = join(process.env.VENDOR_SPECS ?? join(root, '../shared/specs'), 'salesforce');
const skipped = !existsSync(folder);
if (skipped) console.warn(`SKIPPED: no vendor specifications at ${folder}; set VENDOR_SPECS to check against them`);

interface SpecField {
  readonly name: string;
  readonly tsType: string;
  readonly nillable: boolean;
}

function spec(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

/** The spec's own caveat: hidden from that org's user by field-level security, though they exist. */
const hiddenInSpec = ['Lead.HasOptedOutOfEmail', 'Lead.MobilePhone'];

/** The REST API's own codes; the WSDL is that of SOAP. */
const restOnly = ['METHOD_NOT_ALLOWED', 'NOT_FOUND'];

describe.skipIf(skipped)('the vendor data in specs/salesforce', () => {
  it('every standard field here is one of the vendor, with the same nillability and kind of value', () => {
    const { objects } = spec('standard-object-fields.json') as { objects: Record<string, SpecField[]> };
    const kinds: Record<string, string> = { boolean: 'boolean', double: 'number', int: 'number', address: 'Address' };
    const wrong: string[] = [];
    for (const object of standardObjects) {
      const known = objects[object.name];
      if (!known) continue;
      for (const field of object.fields) {
        const path = `${object.name}.${field.name}`;
        if (field.custom || hiddenInSpec.includes(path)) continue;
        const theirs = known.find((one) => one.name === field.name);
        if (!theirs) wrong.push(`${path} is not in the specification`);
        else if (theirs.nillable !== field.nillable) wrong.push(`${path} nillable is ${theirs.nillable} there`);
        else if ((kinds[field.type] ?? 'string') !== theirs.tsType && theirs.tsType !== 'DateString')
          wrong.push(`${path} is a ${theirs.tsType} there`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('every error code the stand-in answers is spelled as in the WSDL', () => {
    const codes = spec('soap-status-and-exception-codes.json') as Record<string, readonly string[]>;
    const known = new Set(Object.values(codes).flat());
    const sources = globSync('connectors/salesforce/sandbox/{state,routes,soql}/*.ts', { cwd: root });
    const refusal = /(?:CallRefused\(\s*\d+,\s*|RecordRefused\(\s*|SoqlError\(\s*|apiError\([^']*?)'([A-Z_]+)'/g;
    const used = sources.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(refusal)].map((match) => match[1] ?? ''),
    );
    expect(used.length).toBeGreaterThan(20);
    expect([...new Set(used)].filter((code) => !known.has(code)).sort()).toEqual(restOnly);
  });
});
