/** How a client of today registers itself, with what servers stumble over. */
export interface KnownClient {
  readonly id: 'claude-code' | 'cursor' | 'vscode';
  readonly name: string;
  /** What is unusual about it. */
  readonly trait: string;
  /** As it is posted, save for the name. */
  readonly metadata: { readonly redirect_uris: readonly string[] } & Readonly<
    Record<string, unknown>
  >;
}

/** From their sources and bug reports. */
export const knownClients: readonly KnownClient[] = [
  {
    id: 'claude-code',
    name: 'Claude Code',
    trait: 'a loopback redirect by the name localhost, and no secret',
    metadata: {
      redirect_uris: ['http://localhost:3118/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
  },
  {
    id: 'cursor',
    name: 'Cursor',
    trait: 'redirects to a scheme of its own, to https and to loopback in one registration',
    metadata: {
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
  },
  {
    id: 'vscode',
    name: 'VS Code',
    trait: 'redirects to https and to loopback without a port, and a grant that few servers know',
    metadata: {
      client_uri: 'https://code.visualstudio.com',
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      grant_types: [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
  },
];
