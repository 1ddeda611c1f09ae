// One process of a race: opens the shared file, says so, waits for the start, tries every step once and says which it won.
import { once } from 'node:events';
import { registerHooks } from 'node:module';

// The source and of it the store only: twenty processes that load the whole server would mostly race for the processor.
registerHooks({
  resolve: (specifier, context, next) =>
    next(
      context.parentURL?.endsWith('.ts') ? specifier.replace(/^(\..*)\.js$/, '$1.ts') : specifier,
      context,
    ),
});
const { sqliteStore } = await import('../sqlite-store.ts');

const [path, rounds] = process.argv.slice(2);
const store = sqliteStore({ path, busyTimeoutMs: 20_000 });
process.stdout.write('ready\n');
await once(process.stdin, 'data');

const consumed = [];
const inserted = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const now = Date.now() / 1000;
  if (await store.consume('AuthorizationCode', `code-${round}`, now)) consumed.push(round);
  if (await store.insertIfAbsent('ReplayDetection', `assertion-${round}`, now + 60)) {
    inserted.push(round);
  }
}
await store.close();
process.stdout.write(JSON.stringify({ consumed, inserted }));
process.stdin.destroy();
