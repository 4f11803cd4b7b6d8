import type { RecordTypeSchema } from '@heed/contract';
import type { Finding } from '../place.ts';
import type { Side } from '../profile.ts';
import { findingAt, type LiveSubject } from './report.ts';

/** Required fields that no mapping fills. The address comes without a mapping, checkboxes have a value anyway. */
const unfilled = ({ profile }: LiveSubject, type: RecordTypeSchema, side: Side): readonly string[] => {
  const away = side === 'crm' ? 'crm-to-marketing' : 'marketing-to-crm';
  const filled = profile.fields.filter((mapping) => mapping.direction !== away).map((mapping) => mapping[side]);
  return type.fields
    .filter(
      (field) => field.required && field.type !== 'email' && field.type !== 'boolean' && !filled.includes(field.name),
    )
    .map((field) => field.name);
};

/** What a create needs is mapped. */
export const lintCreates = (subject: LiveSubject): readonly Finding[] => {
  const { profile, crmSchema, marketingSchema, marketing } = subject;
  const findings: Finding[] = [];
  const record = crmSchema.recordTypes.find((type) => type.name === profile.create.crm);
  if (record?.notCreatable) {
    const what = `${record.name} cannot be created: ${record.notCreatable}`;
    findings.push(
      findingAt(profile, ['create', 'crm'], { stops: 'creates', rule: 'C19', what, fix: 'Set create.crm: false' }),
    );
  }
  const missing = record === undefined ? [] : unfilled(subject, record, 'crm');
  if (record !== undefined && missing.length > 0) {
    const what = `a new ${record.name} needs ${missing.join(', ')}, and no mapping writes it`;
    const fix = 'Map it from marketing, with the transform default for people who left it empty';
    findings.push(findingAt(profile, ['create', 'crm'], { stops: 'creates', what, fix }));
  }
  for (const type of profile.create.marketing ? marketingSchema.recordTypes : []) {
    const needed = unfilled(subject, type, 'marketing');
    if (needed.length === 0) continue;
    const what = `a new member of this ${marketing.title} audience needs ${needed.join(', ')}, and no mapping writes it`;
    const fix = 'Map it, or make it optional there';
    findings.push(findingAt(profile, ['create'], { stops: 'creates', what, fix }));
  }
  return findings;
};
