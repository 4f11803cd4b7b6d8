import fc from 'fast-check';

/** Texts that mean something to somebody on their way: quotes, line ends, steps in a path, halves of letters. */
export const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom("'", '"', '\\', '\n', '\r', '\r\n', '\t', '\0', '\u0085', '\u00a0', '\u2028', '\ufeff', '\u202e'),
    fc.constantFrom(
      '/',
      '..',
      '/../',
      '.',
      '%2e%2e',
      '%2f',
      '%',
      '?',
      '#',
      '&',
      ';',
      '@',
      ':',
      '//',
      '\ud800',
      '\udfff',
    ),
    fc.constantFrom('’', '＇', 'ʼ', '_', ')', '(', '--', '/*', '*/', ',', ' OR ', "') OR (1=1", ' UNION SELECT ', '?'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
  maxLength: 10,
});

export const nastyAddress = fc.tuple(nasty, nasty).map(([a, b]) => `${a}@${b}`);
