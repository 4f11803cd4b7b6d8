import { z } from 'zod';

const SECRET = 'heedSecret';

/**
 * A secret in a connection's configuration. In YAML it is `{ env: NAME }` or `{ file: PATH }`, never a literal; the
 * connector receives the resolved text.
 */
export const secret = (description: string): z.ZodString =>
  z
    .string()
    .min(1)
    .meta({ [SECRET]: true, description });

/** True if a schema was made by `secret()`. */
export const isSecret = (schema: z.ZodType): boolean => schema.meta()?.[SECRET] === true;
