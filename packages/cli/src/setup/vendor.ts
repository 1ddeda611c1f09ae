import type { Io } from '../io.js';
import type { Problem } from '../problem.js';
import type { SetupArguments } from './arguments.js';
import type { Plan } from './plan.js';

/** What an app wishes, as far as its own files and the command line say it. */
export interface Wish {
  readonly resource: string;
  /** The concrete scopes of the vocabulary with their sentences. */
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
  /** Scopes with `*`: granted by people and policies, never registered with a vendor. */
  readonly wildcards: readonly string[];
  readonly arguments: SetupArguments;
}

/** What a person does once the vendor is set up. */
interface Afterwards {
  /** Environment variables and code for the app, a line each. */
  readonly app: readonly string[];
  /** What only a person can do, a sentence each. */
  readonly people: readonly string[];
}

/** A vendor with credentials in hand. */
export interface Connection<Call> {
  /** Names what is set up, such as `the Auth0 tenant acme.eu.auth0.com`. */
  readonly target: string;
  /**
   * Asks the vendor what there is, and compares.
   *
   * @throws {VendorFailure}
   */
  plan(): Promise<Plan<Call>>;
  /**
   * Makes one call of a plan.
   *
   * @throws {VendorFailure}
   */
  apply(call: Call): Promise<void>;
  /** What comes after it; asked when a plan was made. */
  afterwards(): Afterwards;
}

/** One vendor that set-up knows. */
export interface Vendor<Call = never> {
  /** As it is called in sentences. */
  readonly name: string;
  /** @returns The problems, all at once, where the environment lacks something. */
  connect(wish: Wish, io: Io): Connection<Call> | readonly Problem[];
  /** Terraform configuration; absent where the vendor has no provider for Terraform. */
  terraform?(wish: Wish): string;
  /** Numbered steps in the vendor's dashboard. */
  instructions(wish: Wish): string;
}
