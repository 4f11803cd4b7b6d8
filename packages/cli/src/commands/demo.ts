import type { Command } from '../invocation.ts';

export const run: Command = async () => ({ code: 1, json: {}, text: '' });
