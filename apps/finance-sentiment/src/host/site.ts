import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ProtectedHandler } from '@portcullis/server-adapter';

/** What the app serves, in no framework's words. */
interface Site {
  /** The MCP server behind its gate, and its metadata document. */
  readonly mcp: ProtectedHandler;
  /** Answers to GET, by path; each is made when somebody asks. */
  readonly pages: Readonly<Record<string, () => Page>>;
  /** Those that need more of HTTP, such as the issuer's where it is part of this server. Each is asked in turn. */
  readonly routes: readonly Routes[];
}

/** An answer made of text. */
export interface Page {
  /** Default 200. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers its own paths by Node's means, and hands every other path on. */
export type Routes = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** Serves a site with one framework. A defect of ours is logged, and told as a plain 500: never with its stack. */
export type Host = (site: Site) => RequestListener;
