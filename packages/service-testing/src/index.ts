export { describeOn } from './describe-on.js';
export { type Relay, startRelay } from './relay.js';
export { type Certificate, selfSigned } from './self-signed.js';
