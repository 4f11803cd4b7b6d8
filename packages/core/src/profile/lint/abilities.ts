import type { NewMemberAs } from '@heed/contract';
import { didYouMean } from '../did-you-mean.ts';
import type { Finding } from '../place.ts';
import { quoted } from '../secret-like.ts';
import { findingAt, type LintSubject, type Remark } from './report.ts';

const STATUS: Readonly<Record<'subscribe' | 'double-opt-in' | 'non-subscribed', NewMemberAs>> = {
  subscribe: 'subscribed',
  'double-opt-in': 'pending',
  'non-subscribed': 'non-subscribed',
};

/** What C2 leaves, in one sentence, for `init`, `check`, `plan` and the README. */
export const stillMailable = (crmTitle: string, marketingTitle: string): string =>
  `people who opted out in ${crmTitle} can still be mailed from ${marketingTitle}, because optOut.crmToMarketing is false`;

type Report = (path: readonly (string | number)[], remark: Remark) => void;

const checkNewMembers = ({ profile, marketing }: LintSubject, report: Report): void => {
  const { newMembers } = profile.consent;
  if (!profile.create.marketing || marketing.can.newMembers.includes(STATUS[newMembers])) return;
  const path = ['consent', 'newMembers'];
  if (newMembers === 'non-subscribed') {
    const what = `${marketing.title} has no members without permission to mail, so no member is created`;
    report(path, { stops: 'nothing', rule: 'C19', what, fix: 'Set create.marketing: false to say so' });
  } else {
    const possible = Object.entries(STATUS).filter(([, as]) => marketing.can.newMembers.includes(as));
    const fix =
      possible.length === 0 ? 'Set create.marketing: false' : `It knows ${possible.map(([word]) => word).join(', ')}`;
    report(path, { rule: 'C19', what: `${marketing.title} cannot create members with ${newMembers}`, fix });
  }
};

/** Billing, never consent (C13): who is created gets no mail, and nothing that Heed could read of consent says so. */
const checkPaidStatus = ({ profile, marketing }: LintSubject, report: Report): void => {
  const { paidStatus, newMembers } = marketing.can;
  if (paidStatus === undefined || !profile.create.marketing) return;
  if (!newMembers.includes(STATUS[profile.consent.newMembers])) return;
  const { ofNewMembers: what, fix } = paidStatus;
  report(['consent', 'newMembers'], { stops: 'nothing', rule: 'C13', what, fix });
};

const checkCreates = ({ profile, crm }: LintSubject, report: Report): void => {
  const type = profile.create.crm;
  if (type !== null && !crm.can.creates.includes(type)) {
    const fix = crm.can.creates.length === 0 ? 'Set create.crm: false' : `It can create ${crm.can.creates.join(', ')}`;
    const what = `${crm.title} connections cannot create ${quoted(type)}`;
    report(['create', 'crm'], { what, fix, didYouMean: didYouMean(type, crm.can.creates) });
  }
  if (profile.reference !== null && !crm.can.reference)
    report(['reference', 'crm'], { what: `${crm.title} cannot store our own external id`, fix: 'Remove reference' });
  if (profile.reference === null && crm.can.reference && type !== null) {
    const what = 'without reference a create whose answer is lost is looked for by address only';
    report(['create', 'crm'], {
      stops: 'nothing',
      what,
      fix: 'Create a unique text field for it and name it in reference.crm',
    });
  }
};

const checkClearing = ({ profile, crm, marketing }: LintSubject, report: Report): void => {
  if (!profile.optOut.clearWhenConfirmed) return;
  const path = ['optOut', 'clearWhenConfirmed'];
  const fix = 'Set it to false and use heed review';
  if (!crm.can.clear) report(path, { rule: 'C7', what: `an opt-out in ${crm.title} cannot be cleared`, fix });
  if (Array.isArray(profile.optOut.customField?.optedOutWhen)) {
    const what = 'a picklist has no one value that means "not opted out", so it cannot be cleared';
    report(path, { rule: 'C7', what, fix });
  }
  if (marketing.can.proofs.length === 0) {
    const what = `nothing in ${marketing.title} proves that a person opted in again, so nobody is ever cleared`;
    report(path, { stops: 'nothing', rule: 'C7', what, fix });
  }
};

const checkTarget = ({ profile, crm }: LintSubject, report: Report): void => {
  const { target, customField } = profile.optOut;
  if (crm.can.optOutIsWide && target === null) {
    const what = `an opt-out in ${crm.title} is wider than this mailing, so optOut.target must say which one is meant`;
    const fix = 'Write portal, custom-field (with optOut.customField), or { subscriptionType: ... }';
    report(['optOut'], { rule: 'C27', what, fix });
  }
  if (!crm.can.optOutIsWide && target !== null && target !== 'custom-field') {
    const what = `the opt-out of ${crm.title} is one field, so optOut.target has no meaning here`;
    report(['optOut', 'target'], { rule: 'C27', what, fix: 'Remove it; optOut.customField names a field of your own' });
  }
  if (customField !== null && !crm.can.customOptOutField) {
    const what = `${crm.title} has no opt-out fields of your own`;
    report(['optOut', 'customField'], { rule: 'C4', what, fix: 'Remove it' });
  }
};

const checkCrmToMarketing = ({ profile, crm, marketing }: LintSubject, report: Report): void => {
  const { crmToMarketing, scope, suppressUnknown } = profile.optOut;
  if (!crmToMarketing) {
    const what = stillMailable(crm.title, marketing.title);
    const fix = 'Set it to true to unsubscribe them';
    report(['optOut', 'crmToMarketing'], { stops: 'nothing', rule: 'C2', what, fix });
    if (scope === 'lists') {
      const idle = 'optOut.scope has no effect while optOut.crmToMarketing is false';
      const remedy = 'Remove it, or set crmToMarketing to true';
      report(['optOut', 'scope'], { stops: 'nothing', rule: 'C5', what: idle, fix: remedy });
    }
    if (suppressUnknown) {
      const partly = 'optOut.suppressUnknown is for opt-out lists alone (C20) while optOut.crmToMarketing is false';
      const remedy = 'Set crmToMarketing to true if the opt-outs of the CRM are meant as well';
      report(['optOut', 'suppressUnknown'], { stops: 'nothing', rule: 'C3', what: partly, fix: remedy });
    }
  }
  if (suppressUnknown && !marketing.can.optOutUnknown) {
    const what = `${marketing.title} cannot suppress an address without creating a contact`;
    report(['optOut', 'suppressUnknown'], { rule: 'C3', what, fix: 'Remove it' });
  }
};

/** What the connectors can do is enough to tell; needs no connection. */
export const lintAbilities = (subject: LintSubject): readonly Finding[] => {
  const { profile, crm, marketing } = subject;
  const findings: Finding[] = [];
  const report: Report = (path, remark) => findings.push(findingAt(profile, path, remark));
  checkNewMembers(subject, report);
  checkPaidStatus(subject, report);
  checkCreates(subject, report);
  checkClearing(subject, report);
  checkTarget(subject, report);
  checkCrmToMarketing(subject, report);
  const leaves = profile.whenRecordLeaves;
  if (leaves !== 'keep' && !marketing.can[leaves])
    report(['whenRecordLeaves'], {
      rule: 'C12',
      what: `${marketing.title} cannot ${leaves} members`,
      fix: 'Write keep',
    });
  if (!marketing.can.listsOptedOutWithoutContact) {
    const what = `${marketing.title} does not list opted-out addresses that have no contact; each address is asked before a member is created and when its record changes`;
    report(['marketing', 'connection'], { stops: 'nothing', rule: 'C1', what, fix: '' });
  }
  profile.crm.lists?.forEach(({ kind }, index) => {
    if (crm.can.listKinds.includes(kind)) return;
    const fix = crm.can.listKinds.length === 0 ? 'Remove crm.lists' : `It has ${crm.can.listKinds.join(', ')}`;
    const what = `${crm.title} has no lists of the kind ${quoted(kind)}`;
    report(['crm', 'lists', index], { rule: 'C5', what, fix, didYouMean: didYouMean(kind, crm.can.listKinds) });
  });
  return findings;
};
