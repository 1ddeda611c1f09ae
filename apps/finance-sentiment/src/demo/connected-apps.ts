import { formBrowser } from '@portcullis/provider-local/testing';

/** A page on which people see the apps that may act for them. */
export interface ConnectedApps {
  /**
   * Signs Ada in there, in a browser that knows nothing of her yet, and removes an app.
   *
   * @returns The client ids of the apps that stood there before.
   */
  remove(clientId: string, fetch: typeof globalThis.fetch): Promise<readonly string[]>;
}

/** The page of the embedded issuer, for the one who has this account. */
export function connectedApps(
  issuer: string,
  account: { readonly username: string; readonly password: string },
): ConnectedApps {
  return {
    async remove(clientId, fetch) {
      const browser = formBrowser({ fetch });
      const [signIn] = (await browser.open(`${issuer}/connected-apps`)).forms;
      if (!signIn) throw new Error('The page asks nobody to sign in.');
      const { forms } = await browser.submit(signIn, account);
      const removals = forms.flatMap((form) => {
        const client = form.fields.find(([name]) => name === 'client')?.[1];
        return client === undefined ? [] : [{ form, client }];
      });
      const chosen = removals.find(({ client }) => client === clientId);
      if (chosen) await browser.submit(chosen.form);
      return removals.map(({ client }) => client);
    },
  };
}
