/** Where something stands in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong in a profile or connections file. No part of it ever holds a secret. */
export interface ProfileError extends Place {
  /** The key at fault, `optOut.customField`; empty for the file as a whole. */
  readonly path: string;
  /** One clause without a full stop: `unknown key "crmToMarketng" in optOut`. */
  readonly what: string;
  /** What to do about it, a sentence; empty where `didYouMean` says it all. */
  readonly fix: string;
  readonly didYouMean?: string;
}

/** What the check of a well-formed profile against the two systems found. */
export interface Finding extends ProfileError {
  /**
   * What it stops: the whole `run`; `all-but-opt-outs` facts are read and opt-outs reach the CRM, nothing else (C18);
   * `creates` only; or `nothing`, which makes it a warning.
   */
  readonly stops: 'run' | 'all-but-opt-outs' | 'creates' | 'nothing';
  /** The rule of the consent design it rests on, `C18`; null if none. */
  readonly rule: string | null;
}

export const isWarning = (finding: Finding): boolean => finding.stops === 'nothing';

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

/** One line: `profiles/acme/newsletter.yaml:12:3: unknown key "crmToMarketng" in optOut. Did you mean "crmToMarketing"?` */
export const printProfileError = (error: ProfileError): string => {
  const parts = [sentence(error.what)];
  if (error.didYouMean !== undefined) parts.push(`Did you mean "${error.didYouMean}"?`);
  if (error.fix !== '') parts.push(sentence(error.fix));
  return `${error.file}:${error.line}:${error.column}: ${parts.join(' ')}`;
};

/** As `printProfileError`, with the weight and the rule: `...:4:3: warning: ... (C2)`. */
export const printFinding = (finding: Finding): string => {
  const rule = finding.rule === null ? '' : ` (${finding.rule})`;
  const weight = isWarning(finding) ? 'warning' : 'error';
  return printProfileError({ ...finding, what: `${weight}: ${finding.what}${rule}` });
};

/** Reading order: by file, then line, then column. */
export const byPlace = (a: Place, b: Place): number => {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
};
