/** A place in one of the app's files that reads otherwise in a project. */
export interface Edit {
  /** Below the app's folder. */
  readonly file: string;
  /** What stands there. A text or an expression that matches exactly once. */
  readonly find: string | RegExp;
  /** What stands there in a project. Default: nothing. */
  readonly replace?: string;
}

/**
 * Makes the edits of one file, in order.
 *
 * @throws {Error} when one does not find its place: the app has changed, and the edit has to follow.
 */
export function edited(file: string, text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { find, replace = '' } of edits.filter((each) => each.file === file)) {
    const found = typeof find === 'string' ? result.split(find).length - 1 : matches(result, find);
    if (found !== 1) {
      throw new Error(
        `${file} of the app has ${found} places like ${find}, and create-portcullis expects one. Adapt its src/template/edits.ts.`,
      );
    }
    result = result.replace(find, () => replace);
  }
  return result;
}

function matches(text: string, expression: RegExp): number {
  return [...text.matchAll(new RegExp(expression, `${expression.flags}g`))].length;
}
