// @ts-expect-error: a package that nobody installed
export { scopes } from 'portcullis-is-not-installed';
