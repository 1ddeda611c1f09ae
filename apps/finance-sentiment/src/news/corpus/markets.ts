import type { CorpusSection } from './corpus-row.js';

/** Headlines about markets and the economy at large. */
export const markets: CorpusSection = {
  tickers: [],
  rows: [
    [2, '16:30', 'positive', 'Stocks rally as inflation cools'],
    [7, '16:35', 'negative', 'Stocks slide on recession fears'],
    [12, '14:00', 'neutral', 'Central bank leaves interest rates unchanged, as expected'],
    [16, '12:30', 'positive', 'Jobless claims drop to a 20-year low'],
    [20, '16:30', 'neutral', 'Markets closed for a public holiday'],
    [23, '10:00', 'negative', 'Inflation accelerates to a 10-year high, squeezing consumers'],
    [27, '16:40', 'negative', 'Yields spike as bond sell-off deepens'],
    [30, '10:00', 'positive', 'Unemployment falls more than expected in September'],
    [34, '16:30', 'neutral', 'Stocks little changed ahead of central bank meeting'],
    [37, '10:00', 'negative', 'Consumer confidence falls to its weakest in two years'],
    [41, '09:00', 'positive', 'Factory orders increased by 4 percent in September'],
    [45, '16:30', 'unclear', 'Oil price rises to its highest since spring'],
    [48, '14:00', 'neutral', 'Central bank publishes the minutes of its October meeting'],
    [52, '10:00', 'positive', 'Economy grew faster than expected in the third quarter'],
    [55, '16:35', 'negative', "Trade war fears hit exporters' shares"],
    [60, '16:30', 'positive', 'Stocks end October at a record high'],
  ],
};
