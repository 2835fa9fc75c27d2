import { testScreensIn } from '../fixtures/screens';

testScreensIn('zh-CN');
