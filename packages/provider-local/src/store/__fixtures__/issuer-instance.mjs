// One instance of an authorization server, as a process of its own: is told where its store is, and answers with its port.
import './typescript.mjs';
import { createServer } from 'node:http';

const [{ localProvider }, { testAccounts, vocabulary }, { encryptedStore }, { postgresStore }] =
  await Promise.all([
    import('../../local-provider.ts'),
    import('../../issuer.harness.ts'),
    import('../encrypted-store.ts'),
    import('../postgres-store.ts'),
  ]);

process.once('message', async ({ issuer, connectionString, schema, key }) => {
  const database = await postgresStore({ connectionString, schema });
  const provider = localProvider({
    issuer,
    accounts: testAccounts,
    resources: [{ resource: `${issuer}/mcp`, name: 'Test Server', scopes: vocabulary }],
    store: await encryptedStore(database, { keys: [key] }),
  });
  const server = createServer((request, response) =>
    provider.authorizationServer(request, response),
  );
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
// Without whoever started it, it has nothing to do.
process.once('disconnect', () => process.exit());
