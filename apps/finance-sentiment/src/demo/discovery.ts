import {
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
} from '@modelcontextprotocol/client';
import { listTools } from './list-tools.js';
import { ifOffered } from './offer.js';
import type { Scene } from './scene.js';

/** Act one. A client knows one address, and learns the rest by asking. */
export async function discovery(scene: Scene): Promise<void> {
  const { tour, world, vendor, fetch } = scene;
  const { offers } = vendor;
  tour.act(
    'Discovery',
    'A client knows nothing but the address of the MCP server. It finds out by itself who lets it in, and what to ask for.',
  );

  tour.step(
    'It calls without a token, the pass that says what its bearer may do. The server refuses, and says where to read on: a challenge.',
  );
  const refused = await listTools(scene);
  const { resourceMetadataUrl, scope, error } = extractWWWAuthenticateParams(refused);
  tour.check('the answer is 401', refused.status, 401);
  tour.check('it names no error: nothing was wrong, a token was missing', error, undefined);
  tour.check(
    'it names the permissions (scopes) to begin with: the least that is useful',
    scope,
    'mcp:tools:analyze_sentiment mcp:resources:news:read',
  );

  tour.step(
    'It reads the document about the server (in OAuth, a protected resource): who makes tokens for it?',
  );
  const resource = await discoverOAuthProtectedResourceMetadata(
    world.mcpUrl,
    { resourceMetadataUrl },
    fetch,
  );
  tour.check('the document is about this very address', resource.resource, world.mcpUrl);
  tour.check('one issuer of tokens is named', resource.authorization_servers, [vendor.issuer]);

  tour.step('It reads the document of that issuer (the authorization server): what does it offer?');
  const issuer = await discoverAuthorizationServerMetadata(vendor.issuer, { fetchFn: fetch });
  tour.check(
    'the issuer calls itself by the address it was found at',
    issuer?.issuer,
    vendor.issuer,
  );
  const pkce = issuer?.code_challenge_methods_supported ?? [];
  tour.holds(
    'a sign-in is tied to the app that began it (PKCE), in the safe way (S256)',
    pkce.includes('S256'),
    pkce,
  );
  await ifOffered(tour, offers.strictPkce, () => tour.check('and in no other way', pkce, ['S256']));
  await ifOffered(tour, offers.issuerInAnswers, () =>
    tour.check(
      'answers will carry the name of their issuer (iss)',
      issuer?.authorization_response_iss_parameter_supported,
      true,
    ),
  );
  await ifOffered(tour, offers.clientDocuments, () =>
    tour.check(
      'clients may be known by a document of their own (CIMD)',
      issuer?.client_id_metadata_document_supported,
      true,
    ),
  );
}
