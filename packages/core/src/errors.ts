const marker: unique symbol = Symbol.for('portcullis.AuthError') as never;

/** Every `code` that an error of this package can carry. */
export type AuthErrorCode =
  | 'CONFIGURATION_INVALID'
  | 'PROVIDER_UNAVAILABLE'
  | 'INSUFFICIENT_SCOPE'
  | 'AUDIT_UNAVAILABLE'
  | 'DOWNSTREAM_REFUSED';

/** The base of all errors thrown here. Holds neither a token nor a claim value. */
export class AuthError extends Error {
  /** Stable: compare this, not the message. */
  readonly code: AuthErrorCode;

  constructor(code: AuthErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Like `instanceof`, and true also for an error made by another copy of this package. */
  static isInstance(value: unknown): value is AuthError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}

/** One thing that is wrong in a configuration. */
export interface ConfigurationProblem {
  /** The option or environment variable, as the reader wrote it. */
  readonly option: string;
  /** What is wrong, in a sentence without a final remedy. */
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** We were wired wrongly. Thrown at construction, so that a mistake stops the start; names every problem at once. */
export class ConfigurationError extends AuthError {
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[], options?: ErrorOptions) {
    const lines = problems.map(({ option, problem, remedy }) => `"${option}" ${problem} ${remedy}`);
    const [only, ...more] = lines;
    const message =
      more.length === 0
        ? (only ?? 'The configuration is invalid.')
        : [`The configuration has ${lines.length} problems:`, ...lines].join('\n  - ');
    super('CONFIGURATION_INVALID', message, options);
    this.problems = problems;
  }
}

/** The issuer could not be asked: an outage, which is no verdict on the token. On the wire 503, never 401. */
export class ProviderUnavailableError extends AuthError {
  /** Seconds after which asking again makes sense. Default 5. */
  readonly retryAfter: number;

  constructor(message: string, options: ErrorOptions & { readonly retryAfter?: number } = {}) {
    super('PROVIDER_UNAVAILABLE', message, options);
    this.retryAfter = options.retryAfter ?? 5;
  }
}

/** A running handler found that it needs more than the principal holds. */
export class InsufficientScopeError extends AuthError {
  readonly required: readonly string[];
  readonly missing: readonly string[];

  constructor(required: readonly string[], missing: readonly string[]) {
    super(
      'INSUFFICIENT_SCOPE',
      `This needs the scope ${missing.join(' ')}, which the access token does not hold. Sign in again and allow it.`,
    );
    this.required = required;
    this.missing = missing;
  }
}

/** A sink with `onFailure: 'block'` could not record an event, so what it describes must not happen. */
export class AuditUnavailableError extends AuthError {
  constructor(message: string, options?: ErrorOptions) {
    super('AUDIT_UNAVAILABLE', message, options);
  }
}

/** The issuer was asked for a token for another server, and said no (RFC 8693 §2.2.2). Asking again brings the same answer. */
export class DownstreamRefusedError extends AuthError {
  /** The issuer's error code, such as `invalid_grant`; `unknown` where it sent none that is one. */
  readonly error: string;

  /** @param error - As the issuer sent it. What is no error code of RFC 6749 §5.2 is not repeated. */
  constructor(error: unknown, options?: ErrorOptions) {
    const code = typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : 'unknown';
    const message = `The issuer gave no token for the other server; its error code is ${code}.`;
    super('DOWNSTREAM_REFUSED', message, options);
    this.error = code;
  }
}
