import { everyAnswer, someAnswers } from './cases/answers.ts';
import { clockCases, ownClockCases } from './cases/clocks.ts';
import { salesforceCases } from './cases/of-salesforce.ts';
import { provenByTests } from './runner/proven.ts';

provenByTests({
  'what any answer of Salesforce can be': (process.env.HEED_FAULTS === 'all' ? everyAnswer : someAnswers)('salesforce'),
  'what only Salesforce can do': salesforceCases,
  'whose clock is an hour off': [...clockCases('salesforce'), ...ownClockCases],
});
