/** One fixed step of a conversion. Transforms run in order, on the value as it stands after the step before. */
export type Transform =
  /** A date as text, in a pattern of `YYYY`, `MM` and `DD`. */
  | { readonly kind: 'date'; readonly format: string }
  /** Exactly these values, to those; any other value is refused. */
  | { readonly kind: 'map'; readonly values: Readonly<Record<string, string>> }
  /** Several values to one text. */
  | { readonly kind: 'join'; readonly separator: string }
  /** One text to several values. */
  | { readonly kind: 'split'; readonly separator: string }
  | { readonly kind: 'lower' }
  | { readonly kind: 'upper' }
  | { readonly kind: 'trim' }
  /** In place of an empty value. */
  | { readonly kind: 'default'; readonly value: string | number | boolean };
