import { everyAnswer, someAnswers } from './cases/answers.ts';
import { clockCases, someClockCases } from './cases/clocks.ts';
import { hubspotMarketingCases } from './cases/of-hubspot.ts';
import { provenByTests } from './runner/proven.ts';

const isAll = process.env.HEED_FAULTS === 'all';

provenByTests(
  {
    'what any answer of HubSpot can be': (isAll ? everyAnswer : someAnswers)('hubspot'),
    'what only HubSpot can do, as a marketing tool': hubspotMarketingCases,
    'whose clock is an hour off': (isAll ? clockCases : someClockCases)('hubspot'),
  },
  { marketing: 'hubspot' },
);
