import type { Exchange, Front } from './exchange.js';
import { type FormAnswer, type Interaction, parameterOf } from './interaction-types.js';

/**
 * Signs somebody in for this request, in place of whoever was.
 *
 * @param signedInAt - Seconds since the epoch.
 */
export async function signedIn(
  front: Front,
  exchange: Exchange,
  interaction: Interaction,
  { subject, signedInAt }: { readonly subject: string; readonly signedInAt: number },
): Promise<Extract<FormAnswer, { kind: 'result' }>> {
  // The engine would sign the other person out with a page that needs script.
  if (interaction.session && interaction.session.accountId !== subject) {
    await switchAccount(front, interaction);
  }
  const clientId = parameterOf(interaction, 'client_id');
  await front.audit.record(exchange.requestId, 'signed_in', { clientId, subject });
  return { kind: 'result', result: { login: { accountId: subject, ts: signedInAt } } };
}

/** Forgets who is signed in, so that somebody else can answer this very request. */
export async function switchAccount(front: Front, interaction: Interaction): Promise<void> {
  const { cookie } = interaction.session ?? {};
  const session = cookie ? await front.engine.provider.Session.find(cookie) : undefined;
  await session?.destroy();
  interaction.session = undefined;
  interaction.prompt = { name: 'login', reasons: ['switch_account'], details: {} };
  await interaction.persist();
}

/** Whether somebody is called like a client: then a client's token could pass for theirs (AS-50). */
export async function isClientId(front: Front, subject: string): Promise<boolean> {
  const { Client } = front.engine.provider;
  return /^https:/i.test(subject) || (await Client.find(subject)) !== undefined;
}
