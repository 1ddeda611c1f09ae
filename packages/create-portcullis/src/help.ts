import { hosts, packageManagers, providers } from './choice.js';

/** What `--help` prints. */
export const help = `Usage: npm create portcullis@latest [folder] -- [options]

Starts an MCP server behind OAuth 2.1. In a terminal it asks for what is
missing; elsewhere, and with --yes, it takes the defaults.

  folder                    where it goes, and its name (my-server);
                            "." is the folder you are in
  --provider <name>         who signs people in (local):
                            ${providers.join(', ')};
                            local is part of every project, for laptops and tests
  --host <name>             what serves HTTP (express): ${hosts.join(', ')}
  --package-manager <name>  what installs it (the one that runs this):
                            ${packageManagers.join(', ')}
  --no-git                  make no git repository
  --yes, -y                 ask nothing
  --help, -h                show this text
  --version                 show the version

Only npm wants the two dashes before the options.
`;

/** Why this Node will not do, if it will not. The project needs what this program needs. */
export function oldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return undefined;
  return `This needs Node 22.13 or newer; got ${version}. Install one from https://nodejs.org and run the command again.`;
}
