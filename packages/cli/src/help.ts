/** What `portcullis --help` prints. Fits 80 columns, as the others do. */
export const topHelp = `portcullis: OAuth 2.1 in front of MCP servers

  portcullis doctor <url>     find out which clients cannot use your MCP server
  portcullis audit verify     check that nobody has changed an audit file
  portcullis setup auth0      set up an Auth0 tenant for your MCP server
  portcullis setup scalekit   set up a Scalekit environment for your MCP server

portcullis doctor --help, audit --help and setup --help have the options;
portcullis --version says which version this is.
`;

/** What `portcullis doctor --help` prints. */
export const doctorHelp = `Asks a deployed MCP server what clients ask, and says which of them break.

  portcullis doctor <url> [options]

The URL is the one that clients are given, byte for byte. Nothing is written
without --register.

  --register              also register as Claude Code, Cursor and VS Code do,
                          and take each registration back (RFC 7592)
  --token-env <name>      environment variable with an access token for the
                          server: is it accepted, and refused when tampered
                          with?
  --token-stdin           the same, with the token on standard input
  --json                  the findings as JSON
  --dangerously-allow-http
                          look at a server on plain HTTP beyond this machine;
                          no token is sent there

A token goes to the URL and nowhere else. Redirects are not followed. Hosts
that the server names are asked over HTTPS; on loopback only if it is there too.

Exit codes: 0 nobody breaks (there may be warnings), 1 somebody does,
            2 the command line is wrong
`;

/** What `portcullis audit --help` prints. */
export const auditHelp = `Checks the chain of an audit file, line by line.

  portcullis audit verify <file> [--head <sha256>]

  --head <sha256>         head that an earlier run printed: the file has to hold
                          it still, and may have grown since

Finds any line altered, inserted, moved or dropped before the last one. Lines
cut from the end, a changed last line and a file written anew show only against
a head that was noted elsewhere.

Exit codes: 0 intact, 1 broken, 2 the file could not be read
`;

/** What `portcullis setup --help` prints. */
export const setupHelp = `Sets up what the vendor needs, from the vocabulary of your app.

  portcullis setup auth0    --resource <url> --scopes <module> [options]
  portcullis setup scalekit --resource <url> --scopes <module> [options]

Shows the difference first and changes nothing without --apply.
Running it again is safe.

What your app is
  --resource <url>        public URL of the MCP server, byte for byte
  --scopes <module>       module that exports what defineScopes returned;
                          it is imported, so its code runs
  --export <name>         name of that export (default: scopes)
  --name <text>           what the vendor's pages call the server
                          (default: the URL without https://)

What happens
  (nothing)               show the difference
  --apply                 show it, then make the changes
  --check                 show it, and exit with 1 if there is one (for CI)
  --terraform [file]      write Terraform configuration (auth0)
  --instructions [file]   write steps for the dashboard
                          (both without network and credentials)

How MCP clients introduce themselves
  --registration <how>    dcr, cimd, both or none
                          (default: auth0 dcr, scalekit both)

Auth0
  --domain <host>         tenant (default: AUTH0_DOMAIN)
  --connection <name>     the connection that people sign in with
                          (default: the only one)
  --machine <name>        also a client that acts for itself ...
  --machine-scopes <a,b>  ... and what it may do

Scalekit
  --token-lifetime <s>    seconds that an access token lives, 300 to 3600
                          (default: 3600)

Credentials come from the environment alone, never from options:
  Auth0     AUTH0_DOMAIN; AUTH0_CLIENT_ID with AUTH0_CLIENT_SECRET,
            or AUTH0_MANAGEMENT_TOKEN
  Scalekit  SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID,
            SCALEKIT_CLIENT_SECRET;
            SCALEKIT_RESOURCE_ID where the MCP server is to be found by its id

Exit codes: 0 as wished, 1 --check found a difference,
            2 not asked or not done in full
`;
