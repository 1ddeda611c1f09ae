import { hosts, packageManagers, providers } from './choice.js';

/** What `--help` prints. */
export const help = `Usage: npm create portcullis@latest [folder] -- [options]

Starts an MCP server behind OAuth 2.1. Asks for what is missing when it runs in a terminal; otherwise, and with --yes,
takes the defaults.

  folder                    where it goes, and its name (my-server); "." is the folder you are in
  --provider <name>         who signs people in: ${providers.join(', ')} (local)
                            local is part of every project, for laptops and tests
  --host <name>             what serves HTTP: ${hosts.join(', ')} (express)
  --package-manager <name>  what installs it: ${packageManagers.join(', ')} (the one that runs this)
  --no-git                  make no git repository
  --yes, -y                 ask nothing
  --help, -h                show this text
  --version                 show the version
`;

/** Why this Node will not do, if it will not. The project needs what this program needs. */
export function oldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return undefined;
  return `This needs Node 22.13 or newer; got ${version}. Install one from https://nodejs.org and run the command again.`;
}
