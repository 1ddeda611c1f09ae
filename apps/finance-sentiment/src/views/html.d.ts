/** A page as text; the build and the tests both inline it. */
declare module '*.html' {
  const text: string;
  export default text;
}
