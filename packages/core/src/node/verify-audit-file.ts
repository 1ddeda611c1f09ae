import { createReadStream } from 'node:fs';
import { type ChainHead, emptyHead, lineHash, MAX_LINE_BYTES, readLink } from './chain-line.js';

/** What {@link verifyAuditFile} found. */
export type AuditFileReport =
  | {
      readonly kind: 'intact';
      /** After the last line; its `sequence` is the number of lines. */
      readonly head: ChainHead;
      /** Bytes after the last line end: a write that is under way, or that a crash has cut off. */
      readonly tornBytes: number;
    }
  | {
      readonly kind: 'broken';
      /** The first line that does not fit, counted from 1. The one before it may be the one that was changed. */
      readonly line: number;
      readonly reason: 'not_an_event' | 'sequence' | 'hash' | 'head_missing';
    };

/**
 * Checks the chain of a file that `jsonlSink` wrote, reading it as a stream.
 *
 * Finds any line altered, inserted, reordered or dropped before the last one. Lines cut from the end, a changed last line and a file
 * rewritten whole show only against a head that was noted elsewhere. Does NOT judge what the events say.
 *
 * @param options.head - SHA-256, in hexadecimal, of a line noted earlier: the file has to hold it still, and may have grown since.
 * @throws The error of the file system when the file cannot be read.
 */
export async function verifyAuditFile(
  path: string,
  options: { readonly head?: string } = {},
): Promise<AuditFileReport> {
  const wanted = options.head?.toLowerCase();
  let seen = wanted === undefined || wanted === emptyHead.sha256;
  let head = emptyHead;
  let rest: Buffer = Buffer.alloc(0);
  const broken = (
    reason: 'not_an_event' | 'sequence' | 'hash' | 'head_missing',
  ): AuditFileReport => ({
    kind: 'broken',
    line: head.sequence + 1,
    reason,
  });

  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      const line = Buffer.concat([rest, chunk.subarray(start, end)]);
      rest = Buffer.alloc(0);
      start = end + 1;
      const link = readLink(line.toString());
      if (!link) return broken('not_an_event');
      if (link.sequence !== head.sequence + 1) return broken('sequence');
      if (link.previous !== head.sha256) return broken('hash');
      head = { sequence: link.sequence, sha256: lineHash(line) };
      seen ||= head.sha256 === wanted;
    }
    rest = Buffer.concat([rest, chunk.subarray(start)]);
    if (rest.length > MAX_LINE_BYTES) return broken('not_an_event');
  }
  return seen ? { kind: 'intact', head, tornBytes: rest.length } : broken('head_missing');
}
