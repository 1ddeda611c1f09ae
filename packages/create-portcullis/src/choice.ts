/** Who can sign people in and make the tokens. */
export const providers = ['local', 'scalekit', 'auth0', 'oidc'] as const;
/** What can serve HTTP. */
export const hosts = ['express', 'hono'] as const;
/** What can install the project. */
export const packageManagers = ['npm', 'pnpm', 'yarn', 'bun'] as const;

/** One of {@link providers}. `local` is part of every project, for laptops and tests. */
export type Provider = (typeof providers)[number];
/** One of {@link hosts}. */
export type Host = (typeof hosts)[number];
/** One of {@link packageManagers}. */
export type PackageManager = (typeof packageManagers)[number];

/** The two choices that decide which files a project has. */
export interface Variant {
  readonly provider: Provider;
  readonly host: Host;
}

/** All that was chosen. */
export interface Choice extends Variant {
  /** Where the project goes, as it was written; `.` for the folder that one is in. */
  readonly directory: string;
  readonly packageManager: PackageManager;
  /** Whether to make a git repository. */
  readonly git: boolean;
}

/** Every variant there is. */
export const variants: readonly Variant[] = hosts.flatMap((host) =>
  providers.map((provider) => ({ host, provider })),
);

/** Folders of the template whose files make one variant, in order. */
export const layersOf = ({ host, provider }: Variant): readonly string[] => [
  'common',
  `host-${host}`,
  `provider-${provider}`,
  `${host}-${provider}`,
];
