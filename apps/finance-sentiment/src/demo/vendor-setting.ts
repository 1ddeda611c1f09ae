/** What a provider of the tour has to know of the rest of the world. */
export interface VendorSetting {
  /** Where the MCP server is. */
  readonly origin: string;
  readonly mcpUrl: string;
  /** Told when somebody fetches the app's document. */
  readonly onDocumentRead: (url: string) => void;
}

/** The host of the app's document. Invented: what stands there is handed over on loopback. */
export const CLIENT_HOST = 'https://briefing-app.example';

/** Where browsers are sent back to. Nothing listens there: the tour reads the address. */
export const REDIRECT = 'http://127.0.0.1:33418/callback';

/** How the app describes itself (CIMD): the document that its client id leads to. */
export const clientDocument = {
  client_id: `${CLIENT_HOST}/client.json`,
  client_name: 'Morning Briefing',
  client_uri: CLIENT_HOST,
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};
