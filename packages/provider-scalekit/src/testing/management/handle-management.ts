import type { FakeScalekitEnvironment } from '../environment.js';

/**
 * The management API over REST: paths below `/api/v1`, but for the registration of clients, which is OAuth's.
 * 401 without a token of the environment's own client.
 */
export async function handleManagement(
  request: Request,
  environment: FakeScalekitEnvironment,
): Promise<Response> {
  if (!environment.mayManage(request.headers.get('authorization'))) {
    return Response.json({ code: 16, message: 'unauthenticated', details: [] }, { status: 401 });
  }
  return Response.json({ code: 5, message: 'Not Found', details: [] }, { status: 404 });
}
