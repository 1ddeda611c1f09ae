/** Why a document or a key set did not come. The engine wraps it, once or twice, as the cause of its own error. */
export class DocumentFailure extends Error {
  override readonly name = 'DocumentFailure';
  /** Seconds to wait, where a budget was used up. */
  readonly wait: number | undefined;

  constructor(
    message: string,
    { wait, ...options }: ErrorOptions & { readonly wait?: number } = {},
  ) {
    super(message, options);
    this.wait = wait;
  }
}
