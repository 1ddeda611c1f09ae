/** Who signs in, in every walk. */
export const person = { username: 'ada', password: 'ada-signs-in' } as const;
