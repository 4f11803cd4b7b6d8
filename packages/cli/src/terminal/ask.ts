import { createInterface } from 'node:readline/promises';
import { steadyText } from './harmless.ts';

/** Asks on standard error, and answers the line typed; null if nobody is there to ask. Aborted, it throws what `signal` says. */
export const askOnTerminal = async (question: string, signal: AbortSignal): Promise<string | null> => {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(steadyText(question), { signal });
  } finally {
    terminal.close();
  }
};
