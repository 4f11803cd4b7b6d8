import { validateDetailed } from 'node-cron';

/** Null if node-cron can run the expression, else what is wrong with it. */
export const validateCron = (expression: string): string | null => {
  const result = validateDetailed(expression);
  if (result.valid) return null;
  return result.errors.map((error) => error.message).join('; ');
};
