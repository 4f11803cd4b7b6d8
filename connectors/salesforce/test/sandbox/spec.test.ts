import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { standardObjects } from '../../sandbox/schema/index.ts';
import { root, skipped, vendorFile, whenSkipped } from './vendor-specs.ts';

/** The stand-in's schema and error codes against the vendor's. Every deviation is named below, with its reason. */

interface SpecField {
  readonly name: string;
  readonly tsType: string;
  readonly nillable: boolean;
}

const hidden = 'the specification says itself that field-level security hid it from the user of that org';
const lacks = 'the collection lacks this object';

/** Reviewed: what of our standard schema differs from the specification, and why. */
const schemaDeviations: Readonly<Record<string, string>> = {
  'Account is not in the specification': lacks,
  'ContactPointTypeConsent is not in the specification': lacks,
  'User is not in the specification': lacks,
  'Lead.HasOptedOutOfEmail is not in the specification': hidden,
  'Lead.MobilePhone is not in the specification': hidden,
};

/** Reviewed: fields that could say whether somebody may be mailed, and that the stand-in has not. */
const unbuiltFields: Readonly<Record<string, string>> = {
  'Campaign.NumberOfConvertedLeads': 'a counter',
  'CampaignMember.DoNotCall': 'telephone (notes, section 3: "not email")',
  'CampaignMember.HasOptedOutOfFax': 'fax',
  'Contact.HasOptedOutOfFax': 'fax',
  'Individual.IndividualsAge': 'an age; matches by its name only',
  'Lead.ConvertedOpportunityId': 'where the deal went, not the person',
};

const kinds: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  double: 'number',
  int: 'number',
  address: 'Address',
  date: 'DateString',
  datetime: 'DateString',
};

/** The REST API's own codes; the WSDL is that of SOAP. */
const restCodes: Readonly<Record<string, string>> = {
  METHOD_NOT_ALLOWED: 'HTTP 405 of the REST API Developer Guide',
  NOT_FOUND: 'HTTP 404 of the REST API Developer Guide',
  API_ERROR: 'seen in answers of /jobs/query (simple-salesforce#722, airbyte#8206)',
  INVALIDENTITY: 'seen in answers of /jobs (airbyte#8206)',
  INVALIDJOB: 'seen in answers of /jobs/ingest (salesforce.stackexchange.com/questions/231917)',
  INVALIDJOBSTATE: 'seen in answers of /jobs (restforce#905)',
  CLIENTINPUTERROR: 'the exception ClientInputError of the Bulk API guide, spelled as the three above; unverified',
  FEATURENOTENABLED: 'the exception FeatureNotEnabled of the Bulk API guide, spelled as the three above; unverified',
  INVALIDVERSION: 'the exception InvalidVersion of the Bulk API guide, spelled as the three above; unverified',
};

describe.skipIf(skipped)(`the vendor data in specs/salesforce${whenSkipped}`, () => {
  const specified = (): Readonly<Record<string, readonly SpecField[]>> =>
    JSON.parse(vendorFile('standard-object-fields.json')).objects;

  it('every standard field here is one of the vendor, with the same nillability and kind of value', () => {
    const objects = specified();
    const wrong: string[] = [];
    for (const object of standardObjects) {
      const known = objects[object.name];
      if (!known) wrong.push(`${object.name} is not in the specification`);
      for (const field of known ? object.fields.filter((one) => !one.custom) : []) {
        const path = `${object.name}.${field.name}`;
        const theirs = known?.find((one) => one.name === field.name);
        if (!theirs) wrong.push(`${path} is not in the specification`);
        else if (theirs.nillable !== field.nillable) wrong.push(`${path} nillable is ${theirs.nillable} there`);
        else if ((kinds[field.type] ?? 'string') !== theirs.tsType) wrong.push(`${path} is a ${theirs.tsType} there`);
      }
    }
    expect(wrong.sort()).toEqual(Object.keys(schemaDeviations).sort());
  });

  it('every field of the vendor that could say whether somebody may be mailed is here', () => {
    const telling = /OptedOut|Email|Consent|DoNot|Forget|Bounce|Deleted|Convert|MasterRecord|Individual/;
    const missing: string[] = [];
    for (const object of standardObjects) {
      for (const { name } of specified()[object.name] ?? []) {
        const isHere = object.fields.some((field) => field.name === name);
        if (telling.test(name) && !isHere) missing.push(`${object.name}.${name}`);
      }
    }
    expect(missing.sort()).toEqual(Object.keys(unbuiltFields).sort());
  });

  it('every error code the stand-in answers is spelled as in the WSDL', () => {
    const codes = JSON.parse(vendorFile('soap-status-and-exception-codes.json')) as Record<string, readonly string[]>;
    const known = new Set(Object.values(codes).flat());
    const sources = globSync('connectors/salesforce/sandbox/{bulk,state,routes,soql}/*.ts', { cwd: root });
    const refusal = /(?:CallRefused\(\s*\d+,\s*|RecordRefused\(\s*|SoqlError\(\s*|apiError\([^']*?)'([A-Z_]+)'/g;
    const used = sources.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(refusal)].map((match) => match[1] ?? ''),
    );
    expect(used.length).toBeGreaterThan(20);
    const others = [...new Set(used)].filter((code) => !known.has(code));
    expect(others.sort()).toEqual(Object.keys(restCodes).sort());
  });
});
