/** What `--help` prints. Fits 80 columns. */
export const help = `portcullis-conformance: checks a protected MCP server from outside

  portcullis-conformance run --url <url> [options]
  portcullis-conformance issuer --port <port> --key <file>
  portcullis-conformance checks

run      sends good and bad tokens to one MCP endpoint and reports what it does
issuer   serves the issuer until Ctrl-C, for servers that ask it when they start
checks   lists every check: id, level, what holds on a sound server

The server under test has to trust the issuer for tokens whose audience is the
URL of the endpoint. Never let anything else trust it: it signs for everybody.

  --url <url>             the MCP endpoint, byte for byte as clients call it
  --plan <file>           what the server offers and which scopes it needs
  --port <port>           where the issuer is started: http://127.0.0.1:<port>
                          (default: 4444)
  --issuer <url>          an issuer that runs elsewhere; needs --key
  --key <file>            its private key, a JWK with "kid"; made if missing
                          (default for run: a new key for each run)
  --algorithm <alg>       ES256, ES384, RS256, PS256 or EdDSA (default: ES256)
  --json                  print the report as JSON
  --junit <file>          write the report as JUnit XML as well
  --sarif <file>          write the report as SARIF 2.1.0 as well
  --strict                SHOULD and REC count as well
  --timeout <seconds>     for one request (default: 5)

Exit codes: 0 every MUST holds (--strict: everything does)
            1 something does not
            2 nothing could be said; standard error says why
`;
