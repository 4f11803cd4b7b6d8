import { everyAnswer, someAnswers } from './cases/answers.ts';
import { provenByTests } from './runner/proven.ts';

provenByTests('Salesforce', [...(process.env.HEED_FAULTS === 'all' ? everyAnswer : someAnswers)('salesforce')]);
