import {
  Client,
  ClientCredentialsProvider,
  CrossAppAccessProvider,
  DpopSession,
  type OAuthClientProvider,
  PrivateKeyJwtProvider,
  requestJwtAuthorizationGrant,
} from '@modelcontextprotocol/client';
import {
  type ConsentingApp,
  consentingApp,
  memoryClient,
  openConnection,
  REDIRECT,
  yesBrowser,
} from 'finance-sentiment/demo-client';
import {
  type Given,
  identityProvider,
  keyed,
  registered,
  secretive,
  toolCalls,
  workload,
} from './given.js';

/** What the client does in a scenario. It ends when there is nothing left to do, and throws when it will not go on. */
export type Behaviour = (given: Given) => Promise<void>;

/** The document by which the suite's issuer knows a client. Nobody fetches it. */
const CLIENT_DOCUMENT = 'https://conformance-test.local/client-metadata.json';

/** What the client does in this scenario. An app with a person does the same in all of them. */
export function behaviourOf(scenario: string): Behaviour {
  return machines[scenario] ?? person;
}

/** The demo's app with the demo's browser, whose person says yes: it connects, asks what there is, and uses every tool. */
const person: Behaviour = async (given) => {
  const app = await appOf(given);
  await app.connect();
  const { tools } = await app.use((client) => client.listTools());
  for (const call of toolCalls(given, tools)) {
    await app.use((client) => client.callTool(call));
  }
  await useWhatElseThereIs(app);
  await app.close();
};

async function useWhatElseThereIs(app: ConsentingApp): Promise<void> {
  const offered = await app.use(async (client) => client.getServerCapabilities() ?? {});
  if (offered.resources) {
    const { resources } = await app.use((client) => client.listResources());
    for (const { uri } of resources) await app.use((client) => client.readResource({ uri }));
  }
  if (offered.prompts) {
    const { prompts } = await app.use((client) => client.listPrompts());
    for (const { name } of prompts) await app.use((client) => client.getPrompt({ name }));
  }
}

async function appOf(given: Given): Promise<ConsentingApp> {
  const { mcpUrl, context, scenario } = given;
  const known = registered.safeParse(context).data;
  const memory = memoryClient({
    name: 'Morning Briefing',
    redirectUrl: REDIRECT,
    ...(known
      ? { clientId: known.client_id, clientSecret: known.client_secret }
      : { clientMetadataUrl: CLIENT_DOCUMENT }),
  });
  if (scenario.startsWith('auth/dpop')) {
    const session = await DpopSession.create();
    Object.assign(memory, { dpop: () => session });
  }
  return consentingApp({
    mcpUrl,
    memory,
    person: yesBrowser(fetch),
    newClient: () => newClient(given),
  });
}

/** The client as servers get to know it. Its person sends forms off as they are filled in, and agrees. */
function newClient({ revision }: Given): Client {
  const client = new Client(
    { name: 'morning-briefing', version: '1.0.0' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } } },
      ...(revision === '2026-07-28' ? { versionNegotiation: { mode: { pin: revision } } } : {}),
    },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    const fields =
      'requestedSchema' in params ? Object.entries(params.requestedSchema.properties) : [];
    const agreed = fields.filter(
      ([, { type, ...field }]) => type === 'boolean' && !('default' in field),
    );
    return { action: 'accept', content: Object.fromEntries(agreed.map(([name]) => [name, true])) };
  });
  return client;
}

/** A program without a person: it has its own way to a token, and asks what there is. */
const machine =
  (providerOf: (context: unknown) => OAuthClientProvider): Behaviour =>
  async (given) => {
    const { mcpUrl, context } = given;
    const client = newClient(given);
    const authProvider = providerOf(context);
    const { transport } = openConnection({ mcpUrl, authProvider, client });
    await client.connect(transport);
    await client.listTools();
    await client.close();
  };

/** All of them are extensions. */
const machines: Readonly<Record<string, Behaviour>> = {
  'auth/client-credentials-jwt': machine((context) => {
    const {
      client_id: clientId,
      private_key_pem: privateKey,
      signing_algorithm,
    } = keyed.parse(context);
    return new PrivateKeyJwtProvider({ clientId, privateKey, algorithm: signing_algorithm });
  }),
  'auth/client-credentials-basic': machine((context) => {
    const { client_id: clientId, client_secret: clientSecret } = secretive.parse(context);
    return new ClientCredentialsProvider({ clientId, clientSecret });
  }),
  'auth/enterprise-managed-authorization': machine((context) => {
    const known = identityProvider.parse(context);
    return new CrossAppAccessProvider({
      clientId: known.client_id,
      clientSecret: known.client_secret,
      async assertion({ authorizationServerUrl: audience, resourceUrl: resource, fetchFn }) {
        const { jwtAuthGrant } = await requestJwtAuthorizationGrant({
          ...{ tokenEndpoint: known.idp_token_endpoint, audience, resource, fetchFn },
          ...{ idToken: known.idp_id_token, clientId: known.idp_client_id },
        });
        return jwtAuthGrant;
      },
    });
  }),
  'auth/wif-jwt-bearer': machine((context) => {
    const { client_id: clientId, valid_jwt } = workload.parse(context);
    // The grant is the same; a workload has no secret.
    return new CrossAppAccessProvider({
      clientId,
      clientSecret: '',
      assertion: async () => valid_jwt,
    });
  }),
};
