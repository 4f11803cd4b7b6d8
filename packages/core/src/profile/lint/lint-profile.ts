import { byPlace, type Finding } from '../place.ts';
import { lintAbilities } from './abilities.ts';
import { lintConsentFields } from './consent-fields.ts';
import { lintCreates } from './creates.ts';
import { lintMappings } from './mappings.ts';
import type { LintSubject, LiveSubject } from './report.ts';
import { lintScope } from './scope.ts';

/**
 * Checks a profile against what its two systems can do and, where their schemas are given, have. Pure; the findings
 * come in the order of the file. Without both schemas only what the connectors declare is checked.
 */
export const lintProfile = (subject: LintSubject): readonly Finding[] => {
  const findings = [...lintAbilities(subject)];
  const { schema: crmSchema } = subject.crm;
  const { schema: marketingSchema } = subject.marketing;
  if (crmSchema !== null && marketingSchema !== null) {
    const types = subject.profile.crm.records.flatMap(
      (name) => crmSchema.recordTypes.find((type) => type.name === name) ?? [],
    );
    const live: LiveSubject = { ...subject, crmSchema, marketingSchema, types };
    findings.push(...lintScope(live), ...lintCreates(live));
    // Without a record type every field would be missing too, and that is not the mistake.
    if (types.length > 0) findings.push(...lintMappings(live), ...lintConsentFields(live));
  }
  return findings.sort(byPlace);
};
