/** The record that keeps a person's access token alive: gone with its grant. */
export const ISSUED_TOKEN = 'IssuedToken';

/** The record that ends an access token which no grant is behind: one that a client got for itself. */
export const REVOKED_TOKEN = 'RevokedToken';
