/**
 * The members of a JSON object or the fields of a form; a field that came more than once is an array.
 *
 * @returns `undefined` for a body of another type, or one that is not what it says.
 */
export async function readParameters(
  request: Request,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  const text = await request.text();
  if (type === 'application/x-www-form-urlencoded') return formFields(new URLSearchParams(text));
  if (type !== 'application/json') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** One value a name, or an array where a name came more than once. */
export function formFields(form: URLSearchParams): Readonly<Record<string, string | string[]>> {
  const names = [...new Set(form.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const [first = '', ...more] = form.getAll(name);
      return [name, more.length > 0 ? [first, ...more] : first];
    }),
  );
}
