/** Why a document or a key set did not come. The engine wraps it, once or twice, as the cause of its own error. */
export class DocumentFailure extends Error {
  override readonly name = 'DocumentFailure';
  /** Seconds to wait, where a budget was used up. */
  readonly wait: number | undefined;
  /** Whether its host could not be asked: then nobody knows what it would have said. */
  readonly away: boolean;

  constructor(
    message: string,
    {
      wait,
      away = false,
      ...options
    }: ErrorOptions & { readonly wait?: number; readonly away?: boolean } = {},
  ) {
    super(message, options);
    this.wait = wait;
    this.away = away;
  }
}
