/** What `portcullis --help` prints. Fits 80 columns, as the other does. */
export const topHelp = `portcullis: OAuth 2.1 in front of MCP servers

  portcullis setup auth0      set up an Auth0 tenant for your MCP server
  portcullis setup scalekit   set up a Scalekit environment for your MCP server

portcullis setup --help has the options.
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
