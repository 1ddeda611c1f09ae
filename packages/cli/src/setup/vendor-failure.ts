/**
 * The vendor did not do what it was asked. The message says what happened and what to do, fit for a
 * terminal.
 */
export class VendorFailure extends Error {
  /** `conflict`: it is there already, so somebody else was faster. */
  readonly reason: 'refused' | 'unavailable' | 'conflict';

  constructor(reason: VendorFailure['reason'], message: string) {
    super(message);
    this.name = 'VendorFailure';
    this.reason = reason;
  }
}
