/** The scenarios that a revision requires of one side, written down: none of them may get lost when the suite changes. */
export interface Requirements {
  readonly mode: 'client' | 'server';
  readonly revision: '2025-11-25' | '2026-07-28';
  readonly required: readonly string[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** What a server of 2025-11-25 has to pass: 30 scenarios. */
export const server2025: Requirements = {
  mode: 'server',
  revision: '2025-11-25',
  required: words(`
    server-initialize logging-set-level ping completion-complete
    tools-list tools-call-simple-text tools-call-image tools-call-audio tools-call-embedded-resource
    tools-call-mixed-content tools-call-with-logging tools-call-error tools-call-with-progress
    tools-call-sampling tools-call-elicitation elicitation-sep1034-defaults elicitation-sep1330-enums
    server-sse-multiple-streams
    resources-list resources-read-text resources-read-binary resources-templates-read
    resources-subscribe resources-unsubscribe
    prompts-list prompts-get-simple prompts-get-with-args prompts-get-embedded-resource
    prompts-get-with-image dns-rebinding-protection`),
};

/** What a server of 2026-07-28 has to pass: 37 scenarios. */
export const server2026: Requirements = {
  mode: 'server',
  revision: '2026-07-28',
  required: words(`
    server-stateless completion-complete
    tools-list tools-call-simple-text tools-call-image tools-call-audio tools-call-embedded-resource
    tools-call-mixed-content tools-call-error tools-call-with-progress server-sse-multiple-streams
    resources-list resources-read-text resources-read-binary resources-templates-read
    sep-2164-resource-not-found
    prompts-list prompts-get-simple prompts-get-with-args prompts-get-embedded-resource
    prompts-get-with-image dns-rebinding-protection caching
    input-required-result-basic-elicitation input-required-result-basic-sampling
    input-required-result-basic-list-roots input-required-result-request-state
    input-required-result-multiple-input-requests input-required-result-multi-round
    input-required-result-missing-input-response input-required-result-non-tool-request
    input-required-result-result-type input-required-result-unsupported-methods
    input-required-result-tampered-state input-required-result-capability-check
    input-required-result-ignore-extra-params input-required-result-validate-input`),
};

const auth2025 = `
    auth/metadata-default auth/metadata-var1 auth/metadata-var2 auth/metadata-var3 auth/basic-cimd
    auth/scope-from-www-authenticate auth/scope-from-scopes-supported
    auth/scope-omitted-when-undefined auth/scope-step-up auth/scope-retry-limit
    auth/token-endpoint-auth-basic auth/token-endpoint-auth-post auth/token-endpoint-auth-none
    auth/pre-registration`;

/** What a client of 2025-11-25 has to pass: 18 scenarios, 14 of them about authorization. */
export const client2025: Requirements = {
  mode: 'client',
  revision: '2025-11-25',
  required: words(
    `initialize tools_call elicitation-sep1034-client-defaults sse-retry ${auth2025}`,
  ),
};

/** What a client of 2026-07-28 has to pass: 32 scenarios, 25 of them about authorization. */
export const client2026: Requirements = {
  mode: 'client',
  revision: '2026-07-28',
  required: words(`
    tools_call request-metadata sep-2322-client-request-state
    http-standard-headers http-custom-headers http-invalid-tool-headers json-schema-ref-no-deref
    ${auth2025}
    auth/resource-mismatch auth/offline-access-scope auth/offline-access-not-supported
    auth/authorization-server-migration
    auth/iss-supported auth/iss-not-advertised auth/iss-supported-missing auth/iss-wrong-issuer
    auth/iss-unexpected auth/iss-normalized auth/metadata-issuer-mismatch`),
};
