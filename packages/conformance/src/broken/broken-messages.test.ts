import { misspoken } from './challenges.js';
import { findsEachBreach } from './find-breach.harness.js';
import { misdescribed } from './metadata.js';
import { misread } from './presenting.js';
import { misheard } from './protocol.js';
import { hijacked } from './sessions.js';

findsEachBreach([...misdescribed, ...misspoken, ...misread, ...misheard, ...hijacked]);
