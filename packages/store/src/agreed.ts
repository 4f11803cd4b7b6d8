import type { Link } from '@heed/core';

type Agreed = Link['agreed'];

/** Both sides of a pair: one text where they say the same, else the CRM's and marketing's. Databases before version 7 name the sides. */
export type AgreedTexts = Readonly<Record<string, string | readonly [string, string] | Agreed[string]>>;

export const agreedTexts = (agreed: Agreed): AgreedTexts => {
  const texts: Record<string, string | readonly [string, string]> = {};
  for (const pair in agreed) {
    const { crm = '', marketing = '' } = agreed[pair] ?? {};
    texts[pair] = crm === marketing ? crm : [crm, marketing];
  }
  return texts;
};

export const agreedFrom = (texts: AgreedTexts): Agreed => {
  const agreed: Record<string, Agreed[string]> = {};
  for (const pair in texts) {
    const both = texts[pair];
    if (both === undefined) continue;
    if (typeof both === 'string') agreed[pair] = { crm: both, marketing: both };
    else if ('crm' in both) agreed[pair] = both;
    else agreed[pair] = { crm: both[0], marketing: both[1] };
  }
  return agreed;
};
