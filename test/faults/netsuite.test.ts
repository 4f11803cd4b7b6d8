import { everyAnswer, someAnswers } from './cases/answers.ts';
import { clockCases, someClockCases } from './cases/clocks.ts';
import { netsuiteCases } from './cases/of-netsuite.ts';
import { provenByTests } from './runner/proven.ts';

const isAll = process.env.HEED_FAULTS === 'all';

provenByTests(
  {
    'what any answer of NetSuite can be': (isAll ? everyAnswer : someAnswers)('netsuite'),
    'what only NetSuite can do': netsuiteCases,
    'whose clock is an hour off': (isAll ? clockCases : someClockCases)('netsuite'),
  },
  { crm: 'netsuite' },
);
