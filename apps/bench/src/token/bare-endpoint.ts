import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import express from 'express';
import { generateKeyPair, SignJWT } from 'jose';
import { listening } from '../listening.js';
import { app, type Contestant, job } from './contestant.js';

/** What a code or a refresh token stands for. */
interface Granted {
  readonly clientId: string;
  readonly subject: string;
  readonly scope: string;
  readonly redirectUri: string;
  readonly challenge: string;
}

const random = (bytes: number) => randomBytes(bytes).toString('base64url');

/** The least that could be called a token endpoint: no store, no audit, no limits. The ceiling of what Express and jose can do. */
export async function bareEndpoint(): Promise<Contestant> {
  const { privateKey } = await generateKeyPair('ES256');
  const secret = Buffer.from(job.secret);
  const codes = new Map<string, Granted>();
  const refreshTokens = new Map<string, Granted>();

  const accessToken = (clientId: string, subject: string, scope: string) =>
    new SignJWT({ client_id: clientId, scope })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
      .setIssuer('http://127.0.0.1:9')
      .setAudience('http://127.0.0.1:9/mcp')
      .setSubject(subject)
      .setJti(random(16))
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);

  /** What the form is worth; `undefined` for nothing. */
  function redeem(form: Readonly<Record<string, string>>): Granted | undefined {
    if (form.grant_type === 'refresh_token') {
      const granted = refreshTokens.get(form.refresh_token ?? '');
      refreshTokens.delete(form.refresh_token ?? '');
      return granted?.clientId === form.client_id ? granted : undefined;
    }
    const granted = codes.get(form.code ?? '');
    codes.delete(form.code ?? '');
    const challenge = createHash('sha256').update(String(form.code_verifier)).digest('base64url');
    const fits =
      granted?.clientId === form.client_id &&
      granted?.redirectUri === form.redirect_uri &&
      granted?.challenge === challenge;
    return fits ? granted : undefined;
  }

  const endpoint = express().post('/token', express.urlencoded(), async (request, response) => {
    const form = request.body as Record<string, string>;
    response.set('cache-control', 'no-store');
    const answer = { token_type: 'Bearer', expires_in: 300 };
    if (form.grant_type === 'client_credentials') {
      const given = Buffer.from(String(form.client_secret));
      if (given.length !== secret.length || !timingSafeEqual(given, secret)) {
        response.status(400).json({ error: 'invalid_client' });
        return;
      }
      const token = await accessToken(job.clientId, job.clientId, job.scope);
      response.json({ access_token: token, ...answer, scope: job.scope });
      return;
    }
    const granted = redeem(form);
    if (!granted) {
      response.status(400).json({ error: 'invalid_grant' });
      return;
    }
    const { clientId, subject, scope } = granted;
    const refreshToken = random(32);
    refreshTokens.set(refreshToken, granted);
    response.json({
      access_token: await accessToken(clientId, subject, scope),
      refresh_token: refreshToken,
      ...answer,
      scope,
    });
  });
  const { server, origin } = await listening(endpoint);
  const { clientId, redirectUri, scope } = app;
  const challenge = createHash('sha256').update(app.verifier).digest('base64url');
  return {
    origin,
    async codes(most) {
      const made = Array.from({ length: most }, () => random(32));
      for (const code of made) {
        codes.set(code, { clientId, subject: 'user:ada', scope, redirectUri, challenge });
      }
      return made;
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
