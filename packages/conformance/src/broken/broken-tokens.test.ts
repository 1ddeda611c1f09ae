import { trespassed } from './access.js';
import { findsEachBreach } from './find-breach.harness.js';
import { believers } from './tokens.js';

findsEachBreach([...believers, ...trespassed]);
