import { clientTrust } from '../clients/client-kind.js';
import { redirectTarget } from '../clients/redirect-uri.js';
import { enginePaths } from '../engine/engine-configuration.js';
import { SIGN_IN_MAX_AGE } from '../engine/interaction-policy.js';
import type { SignInElsewhereView } from '../pages/sign-in-elsewhere-view.js';
import type { UpstreamRequest } from '../upstream/upstream.js';
import { signInHere } from './browser-session.js';
import { appsPath, appsTransaction } from './connected-apps-paths.js';
import type { Exchange, Front } from './exchange.js';
import { findClient } from './find-client.js';
import { type Interaction, parameterOf } from './interaction-types.js';
import { signedIn } from './sign-in-result.js';
import type { FormTransaction } from './transactions.js';

/** Somebody, and when they signed in: seconds since the epoch. */
interface SignedIn {
  readonly subject: string;
  readonly signedInAt: number;
}

/** What somebody signs in elsewhere for. */
export interface SignInErrand {
  /** What the form of our page may answer. */
  readonly transaction: FormTransaction;
  /** Where it posts to. */
  readonly action: string;
  /** The client that waits, if any. */
  readonly clientId?: string;
  readonly client?: SignInElsewhereView['client'];
  /** What is asked elsewhere for its sake. */
  readonly wish: Pick<UpstreamRequest, 'prompt' | 'maxAge'>;
  /** Signs the person in here. Resolves to the path of this origin that it goes on at. */
  conclude(who: SignedIn): Promise<string>;
}

/** The errand that left with a transaction, if it is still waiting. */
export async function errandOf(
  front: Front,
  exchange: Exchange,
  uid: string,
): Promise<SignInErrand | undefined> {
  if (uid === appsTransaction().uid) return appsErrand(front, exchange);
  const interaction = await front.engine.provider.Interaction.find(uid);
  return interaction && authorizationErrand(front, exchange, interaction);
}

/** An authorization request. */
export async function authorizationErrand(
  front: Front,
  exchange: Exchange,
  interaction: Interaction,
): Promise<SignInErrand> {
  const { settings, engine } = front;
  const { uid } = interaction;
  const clientId = parameterOf(interaction, 'client_id');
  const client = await findClient(engine, clientId);
  const redirectUri = parameterOf(interaction, 'redirect_uri');
  const path = `${settings.basePath}${enginePaths.authorization}/${uid}/interaction`;
  return {
    transaction: { uid, step: 'sign_in' },
    action: path,
    clientId,
    client: {
      name: client?.clientName ?? clientId,
      trust: clientTrust(clientId, settings.clients),
      redirect: redirectTarget(redirectUri),
      resource: parameterOf(interaction, 'resource'),
      technical: { clientId, redirectUri, requestId: exchange.requestId },
    },
    wish: wishOf(interaction),
    async conclude(who) {
      const { result } = await signedIn(front, exchange, interaction, who);
      interaction.result = { ...interaction.lastSubmission, ...result };
      await interaction.persist();
      // Where the cookies of the request are: they know one path each.
      return path;
    },
  };
}

/** The page of connected apps. */
export function appsErrand(front: Front, exchange: Exchange): SignInErrand {
  const path = appsPath(front.settings);
  return {
    transaction: appsTransaction(),
    action: `${path}/sign-in`,
    wish: {},
    async conclude(who) {
      await front.audit.record(exchange.requestId, 'signed_in', { subject: who.subject });
      await signInHere(front, exchange, who);
      return path;
    },
  };
}

function wishOf(interaction: Interaction): SignInErrand['wish'] {
  const { reasons } = interaction.prompt;
  if (reasons.includes('login_prompt')) return { prompt: 'login', maxAge: 0 };
  const age = parameterOf(interaction, SIGN_IN_MAX_AGE);
  return {
    ...(reasons.includes('switch_account') ? { prompt: 'select_account' } : {}),
    ...(age === '' ? {} : { maxAge: Number(age) }),
  };
}
