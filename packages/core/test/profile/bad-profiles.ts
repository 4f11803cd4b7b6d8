import { type BadFile, plus, withConsent } from './bad-file.ts';
import { badKeysAndValues } from './bad-keys.ts';
import { badYaml } from './bad-yaml.ts';

const KEY = '0123456789abcdef0123456789abcdef-us7';

/** Rules between keys, and secrets. */
const badRules: readonly BadFile[] = [
  // mappings against each other
  plus(
    'two mappings that write one field',
    'fields:\n  - { crm: FirstName, marketing: FNAME }\n  - { crm: Nick, marketing: FNAME, direction: crm-to-marketing }\n',
    '7:29: FNAME is already written by another mapping. Keep one, or turn one around.',
  ),
  plus(
    'the opt-out field as a mapped field',
    'optOut: { customField: No_Mail__c }\nfields:\n  - { crm: No_Mail__c, marketing: NOMAIL, direction: crm-to-marketing }\n',
    '7:12: No_Mail__c is optOut.customField and cannot be a mapped field (C9). Remove this mapping.',
  ),
  plus(
    'the reference as a mapped field',
    'reference: { crm: Heed_Id__c }\nfields:\n  - { crm: Heed_Id__c, marketing: HID, direction: crm-to-marketing }\n',
    '7:12: Heed_Id__c is reference.crm and cannot be a mapped field (C9). Remove this mapping.',
  ),
  // opt-out
  plus(
    'alsoStandard without a field of your own',
    'optOut: { alsoStandard: true }\n',
    '5:25: optOut.alsoStandard needs optOut.customField (C4). Remove it.',
  ),
  plus(
    'alsoStandard twice',
    'optOut:\n  customField: { field: X__c, alsoStandard: true }\n  alsoStandard: true\n',
    '7:17: alsoStandard is also written in optOut.customField. Keep one of them.',
  ),
  plus(
    'a checkbox that writes the opposite',
    'optOut:\n  customField: { field: X__c, optedOutWhen: true, write: false }\n',
    '6:58: opted out is true here, so writing anything else opts nobody out (C4). Remove write.',
  ),
  plus(
    'a date that writes something else',
    'optOut:\n  customField: { field: X__c, optedOutWhen: set, write: "2024-01-01" }\n',
    '6:57: a date field is opted out by the date of the day (C4). Write "write: today", or remove it.',
  ),
  plus(
    'a picklist of two values that does not say what to write',
    'optOut:\n  customField: { field: X__c, optedOutWhen: [Out, Never] }\n',
    '6:16: the key "write" is missing in optOut.customField. Say which of Out, Never opts somebody out (C4).',
  ),
  plus(
    'a picklist that writes what it does not read',
    'optOut:\n  customField: { field: X__c, optedOutWhen: [Out, Never], write: In }\n',
    '6:66: what is written must be one of optedOutWhen (C4). Write one of Out, Never.',
  ),
  plus(
    'a value twice',
    'optOut:\n  customField: { field: X__c, optedOutWhen: [Out, Out], write: Out }\n',
    '6:45: a value stands here twice. Keep one.',
  ),
  plus(
    'optedOutWhen misspelt',
    'optOut:\n  customField: { field: X__c, optedOutWhen: sett }\n',
    '6:45: optOut.customField.optedOutWhen must be true or false, set or a list, not "sett". Did you mean "set"?',
  ),
  plus(
    'a field of your own without a name',
    'optOut:\n  customField: { optedOutWhen: set }\n',
    '6:3: the key "field" is missing in optOut.customField. It is text.',
  ),
  plus(
    'scope lists without lists',
    'optOut: { crmToMarketing: true, scope: lists }\n',
    '5:40: optOut.scope: lists needs crm.lists (C5). Name the lists, or remove scope.',
  ),
  plus(
    'a misspelt target',
    'optOut: { target: portl }\n',
    '5:19: optOut.target must be portal, custom-field or a map of keys, not "portl". Did you mean "portal"?',
  ),
  plus(
    'a target of its own field without that field',
    'optOut: { target: custom-field }\n',
    '5:19: optOut.target: custom-field needs optOut.customField (C27). Name the field.',
  ),
  // consent
  withConsent(
    'no newMembers',
    'consent: {}\n',
    '4:1: the key "newMembers" is missing in consent. It is subscribe, double-opt-in or non-subscribed.',
  ),
  withConsent(
    'a misspelt newMembers',
    'consent: { newMembers: subscribed }\n',
    '4:24: consent.newMembers must be subscribe, double-opt-in or non-subscribed, not "subscribed". Did you mean "subscribe"?',
  ),
  withConsent(
    'subscribe without a basis',
    'consent:\n  newMembers: subscribe\n',
    '5:3: consent.newMembers: subscribe needs consent.basis (C19). Say why these people may get mail: consent, existing-customer, contract or legitimate-interest.',
  ),
  withConsent(
    'an unknown basis',
    'consent: { newMembers: subscribe, basis: agreement }\n',
    '4:42: consent.basis must be consent, existing-customer, contract or legitimate-interest, not "agreement".',
  ),
  withConsent(
    'consent without its field',
    'consent: { newMembers: subscribe, basis: consent }\n',
    '4:42: consent.basis: consent needs consent.optInField (C19). Name the CRM checkbox that is true for people who agreed.',
  ),
  withConsent(
    'an opt-in field without the basis consent',
    'consent: { newMembers: subscribe, basis: contract, optInField: Yes__c }\n',
    '4:64: consent.optInField is used with consent.basis: consent only (C19). Remove it.',
  ),
  // secrets
  plus(
    'an API key in the description',
    `description: the key is ${KEY}\n`,
    '5:14: this looks like a secret, and secrets never stand in a profiles folder. Write { env: NAME } or { file: PATH } in its place, and revoke the secret if others can read this file.',
  ),
  plus(
    'an API key as a key',
    `optOut: { ${KEY}: true }\n`,
    '5:11: this looks like a secret, and secrets never stand in a profiles folder. Write { env: NAME } or { file: PATH } in its place, and revoke the secret if others can read this file.',
    '5:11: unknown key (not shown, it looks like a secret) in optOut. The keys here are crmToMarketing, customField, alsoStandard, scope, clearWhenConfirmed, suppressUnknown, undeliverableField, target, softOptOutIsRequest, importFrom.',
  ),
  plus(
    'an API key as a value of a choice',
    `conflicts: ${KEY}\n`,
    '5:12: this looks like a secret, and secrets never stand in a profiles folder. Write { env: NAME } or { file: PATH } in its place, and revoke the secret if others can read this file.',
    '5:12: conflicts must be crm or marketing, not (not shown, it looks like a secret).',
  ),
  plus(
    'a reference where no secret belongs',
    'description: { env: NAME }\n',
    '5:14: description must be text, and this is a map of keys.',
  ),
  // several at once
  plus(
    'several mistakes at once, in the order of the file',
    'conflicts: nobody\noptOut: { crmToMarketng: true, scope: list }\nguards: { creates: many }\n',
    '5:12: conflicts must be crm or marketing, not "nobody".',
    '6:11: unknown key "crmToMarketng" in optOut. Did you mean "crmToMarketing"?',
    '6:39: optOut.scope must be everyone or lists, not "list". Did you mean "lists"?',
    '7:20: guards.creates must be a number, and this is text.',
  ),
];

export const badProfiles: readonly BadFile[] = [...badYaml, ...badKeysAndValues, ...badRules];
