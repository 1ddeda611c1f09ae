/** The address that asks for the news about one ticker. It holds the key: never log it. */
export function requestUrl(baseUrl: string, apiKey: string, ticker: string): URL {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/query`);
  url.searchParams.set('function', 'NEWS_SENTIMENT');
  // Several would mean news about all of them at once.
  url.searchParams.set('tickers', ticker);
  // Anything but 50 and 1000 is taken for 50.
  url.searchParams.set('limit', '50');
  url.searchParams.set('apikey', apiKey);
  return url;
}
