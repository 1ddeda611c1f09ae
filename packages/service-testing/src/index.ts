export { describeOn } from './describe-on.js';
export { type Relay, startRelay } from './relay.js';
