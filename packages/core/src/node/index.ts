export type { ChainHead } from './chain-line.js';
export { type JsonlSink, type JsonlSinkOptions, jsonlSink } from './jsonl-sink.js';
export { keyFile } from './key-file.js';
export { type AuditFileReport, verifyAuditFile } from './verify-audit-file.js';
