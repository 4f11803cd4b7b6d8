import { describe } from 'vitest';
import { everyAnswer, someAnswers } from './cases/answers.ts';
import { clockCases, someClockCases } from './cases/clocks.ts';
import { hubspotCrmCases, hubspotMarketingCases } from './cases/of-hubspot.ts';
import { provenByTests } from './runner/proven.ts';

const isAll = process.env.HEED_FAULTS === 'all';

describe('as a marketing tool', () =>
  provenByTests(
    {
      'what any answer of HubSpot can be': (isAll ? everyAnswer : someAnswers)('hubspot'),
      'what only HubSpot can do': hubspotMarketingCases,
      'whose clock is an hour off': (isAll ? clockCases : someClockCases)('hubspot'),
    },
    { marketing: 'hubspot' },
  ));

describe('as a CRM, asked by OAuth', () =>
  provenByTests({ 'what HubSpot can do': hubspotCrmCases }, { crm: 'hubspot', byOauth: true }));
