/** The record that keeps a person's access token alive: gone with its grant. */
export const ISSUED_TOKEN = 'IssuedToken';
