/** A module that is there, and imports one that nobody installed. */
export const scopes: unknown = await import(['portcullis', 'is', 'not', 'installed'].join('-'));
