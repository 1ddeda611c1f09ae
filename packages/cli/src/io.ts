/** Everything a command gets from outside, so that a test is the same run in other hands. */
export interface Io {
  /** Environment variables. Credentials are read from here and from nowhere else. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Paths given as arguments start here. */
  readonly directory: string;
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  /** Whether output may hold terminal colours. */
  readonly colour: boolean;
  /** Width of the terminal, for the folding of long lines. Absent: nothing is folded. */
  readonly columns?: number;
  /** How often a request that was answered 429 or 503 (by Auth0 with 5xx) is repeated. Default 3. */
  readonly retries?: number;
  /** Milliseconds that `doctor` waits for one answer. Default 10,000. */
  readonly timeoutMs?: number;
  /** Reads standard input to its end, for a token that is piped in. Absent: there is none. */
  stdin?(): Promise<string>;
}

/**
 * 0: as wished. 1: something differs. 2: the question could not be asked, or not answered in full.
 */
export type ExitCode = 0 | 1 | 2;
