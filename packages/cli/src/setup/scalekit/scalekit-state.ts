/** What of an environment set-up looks at. */
export interface ScalekitState {
  /** The MCP server: by its id where one is given, by its Server URL otherwise. */
  readonly server?: {
    readonly id: string;
    /** The Server URL; empty where none is set. */
    readonly url: string;
    /** Names of the scopes that are switched on. */
    readonly scopes: readonly string[];
    /** Seconds. */
    readonly accessTokenExpiry: number;
    readonly dynamicRegistration: boolean;
    readonly clientDocuments: boolean;
  };
  /** The Server URL of another MCP server that differs by the slash at its end. */
  readonly twin?: string;
  /** Scopes of the whole environment. */
  readonly scopes: readonly {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly enabled: boolean;
  }[];
}

/** One writing call, as data: a request below `/api/v1`, and what it is for. */
export interface ScalekitCall {
  readonly to: string;
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: object;
}
