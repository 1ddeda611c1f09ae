import type { Io } from '../../io.js';
import { isProblems, type Problem } from '../../problem.js';
import type { Connection, Vendor, Wish } from '../vendor.js';
import { planScalekit } from './plan-scalekit.js';
import { readScalekit } from './read-scalekit.js';
import { scalekitCredentials } from './scalekit-credentials.js';
import { scalekitInstructions } from './scalekit-instructions.js';
import type { ScalekitCall } from './scalekit-state.js';

/**
 * Scalekit, through the REST side of its management API. It documents no provider for Terraform.
 */
export const scalekit: Vendor<ScalekitCall> = {
  name: 'Scalekit',
  connect,
  instructions: scalekitInstructions,
};

function connect(wish: Wish, io: Io): Connection<ScalekitCall> | readonly Problem[] {
  const access = scalekitCredentials(io);
  if (isProblems(access)) return access;
  const { api, url, resourceId } = access;
  let id = resourceId;
  return {
    target: `Scalekit environment ${url}`,
    async plan() {
      const state = await readScalekit(api, { resource: wish.resource, id: resourceId });
      id = state.server?.id;
      return planScalekit(wish, state);
    },
    async apply({ to, method, path, body }) {
      await api.call(to, { method, path, body });
    },
    afterwards: () => ({
      app: [
        `SCALEKIT_ENVIRONMENT_URL=${url}`,
        `SCALEKIT_RESOURCE_ID=${id ?? ''}`,
        'scalekitProviderFromEnv()',
      ],
      people: [],
    }),
  };
}
