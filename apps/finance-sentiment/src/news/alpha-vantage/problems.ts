import { type ConfigurationProblem, isLoopback } from '@portcullis/core';

/** What is wrong with how Alpha Vantage is to be asked, by environment variable. Neither value is repeated. */
export function alphaVantageProblems(
  apiKey: string | undefined,
  baseUrl: string | undefined,
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  if (apiKey !== undefined && !/^[\x21-\x7e]{1,256}$/.test(apiKey)) {
    const problem = 'must be 1 to 256 printable characters without spaces.';
    problems.push({ option: 'ALPHA_VANTAGE_API_KEY', problem, remedy: 'Copy the key again.' });
  }
  if (baseUrl === undefined) return problems;
  const report = (problem: string, remedy: string) => {
    problems.push({ option: 'ALPHA_VANTAGE_BASE_URL', problem, remedy });
  };
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (!isSafe || url.search !== '' || url.hash !== '') {
    const problem = 'must be an https address, or http on loopback, without a query.';
    report(problem, 'Leave it out for the real service.');
  }
  if (apiKey === undefined) {
    const remedy = 'Set the key too, or leave both out to use the embedded headlines.';
    report('is set, but ALPHA_VANTAGE_API_KEY is not.', remedy);
  }
  return problems;
}
