/** The vendor did not do what it was asked. The message is two sentences for a person: what happened, and what to do. */
export class VendorFailure extends Error {
  /** `conflict`: it is there already, so somebody else was faster. */
  readonly reason: 'refused' | 'unavailable' | 'conflict';

  constructor(reason: VendorFailure['reason'], message: string) {
    super(message);
    this.name = 'VendorFailure';
    this.reason = reason;
  }
}
