import { testScreensIn } from '../fixtures/screens';

testScreensIn('en-GB');
