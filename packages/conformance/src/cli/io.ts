/** Everything the command line gets from outside, so that a test is the same run in other hands. */
export interface Io {
  /** Paths given as arguments start here. */
  readonly directory: string;
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  /** Resolves when a person has had enough of a running issuer. */
  interrupted(): Promise<void>;
}

/** 0: the server conforms. 1: it does not. 2: nothing could be said; standard error says why. */
export type ExitCode = 0 | 1 | 2;
