import { numbered } from '../numbered.js';
import type { Wish } from '../vendor.js';

/** The steps in Scalekit's dashboard, with the values to type in. */
export function scalekitInstructions({ resource, scopes, arguments: options }: Wish): string {
  const { registration, tokenLifetime } = options;
  const onOff = (on: boolean) => (on ? 'on' : 'off');
  return numbered(`Scalekit for ${resource}`, [
    {
      text: 'MCP Servers > Add MCP server',
      lines: [
        `Server name: ${options.name}`,
        `Server URL: ${resource}  (exactly so: it is compared byte for byte)`,
      ],
    },
    {
      text: 'That MCP server > Scopes: add each with its description',
      lines: scopes.map(({ name, description }) => `${name}  ${description}`),
    },
    {
      text: 'That MCP server > Advanced settings',
      lines: [
        `Dynamic client registration: ${onOff(registration.dynamic)}`,
        `Client ID Metadata Document (CIMD): ${onOff(registration.documents)}`,
        `Access token lifetime: ${tokenLifetime} seconds`,
      ],
    },
    {
      text: 'Give the app the environment and the id of the MCP server',
      lines: [
        'SCALEKIT_ENVIRONMENT_URL=https://<environment>.scalekit.com',
        'SCALEKIT_RESOURCE_ID=res_<digits>',
      ],
    },
  ]);
}
