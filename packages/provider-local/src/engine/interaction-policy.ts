import { interactionPolicy } from 'oidc-provider';

const { Prompt, Check } = interactionPolicy;

/** Our name for `max_age`: the engine takes that one only together with `openid`. */
export const SIGN_IN_MAX_AGE = 'sign_in_max_age';

/** When a person has to be asked: to sign in, and then for consent unless there is a grant for this very request. */
export function createInteractionPolicy(): interactionPolicy.Prompt[] {
  return [
    new Prompt(
      { name: 'login', requestable: true },
      new Check('no_session', 'sign-in is required', ({ oidc }) => !oidc.session?.accountId),
      new Check('too_old', 'sign-in is too old', ({ oidc }) => {
        const age = oidc.params?.[SIGN_IN_MAX_AGE];
        if (typeof age !== 'string' || oidc.result?.login !== undefined) return false;
        // 0 means what `prompt=login` does (OpenID Connect Core §3.1.2.1); the session counts in whole seconds.
        return Number(age) === 0 || (oidc.session?.past(Number(age)) ?? true);
      }),
    ),
    new Prompt(
      { name: 'consent', requestable: true },
      // A grant has an id once it was saved: by the person's decision, or from a remembered one.
      new Check('no_grant', 'consent is required', ({ oidc }) => !oidc.entities.Grant?.jti),
    ),
  ];
}
