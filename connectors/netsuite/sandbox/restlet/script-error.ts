/** What a script failed with, as NetSuite names it. */
export class ScriptError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ScriptError';
    this.code = code;
  }
}
