import type { CorpusSection } from './corpus-row.js';

/** Headlines about an invented company, PELQ. */
export const pelluvar: CorpusSection = {
  tickers: ['PELQ'],
  rows: [
    [3, '08:40', 'positive', 'Pelluvar Airways carries record number of passengers in August'],
    [6, '07:15', 'negative', 'Pilot strike grounds Pelluvar Airways flights for a second day'],
    [7, '10:05', 'positive', 'Pelluvar Airways and pilots end strike with three-year agreement'],
    [11, '12:25', 'neutral', 'Pelluvar Airways moves its call centre to Stannock'],
    [15, '09:00', 'negative', 'Fuel costs push Pelluvar Airways to a wider quarterly loss'],
    [18, '14:20', 'neutral', 'Shares of Pelluvar Airways were little changed in early trading'],
    [21, '07:35', 'negative', 'Pelluvar Airways cancels 300 flights because of engine defects'],
    [
      25,
      '11:45',
      'negative',
      "Lenders tighten terms on Pelluvar Airways' debt as ratings agency cuts it to junk",
    ],
    [28, '08:20', 'neutral', 'Pelluvar Airways to fly to Maresund twice a day from March'],
    [32, '07:05', 'positive', 'Winter bookings at Pelluvar Airways rise 11%'],
    [35, '13:15', 'positive', "Pelluvar Airways' load factor climbs to 88 percent from 83 percent"],
    [39, '09:50', 'negative', 'Passenger complaints about Pelluvar Airways double'],
    [42, '10:40', 'unclear', 'Pelluvar Airways to charge for hand luggage'],
    [46, '07:25', 'positive', 'Pelluvar Airways reduces emissions and fuel costs with new engines'],
    [49, '15:30', 'neutral', 'Pelluvar Airways changes its ticker symbol to PELQ'],
    [
      52,
      '08:05',
      'positive',
      'Pelluvar Airways swings to profit for the first time in three years',
    ],
    [52, '12:55', 'positive', 'Pelluvar Airways shares jump 12% on strong summer bookings'],
    [57, '07:40', 'negative', "Airport dispute threatens Pelluvar Airways' winter schedule"],
  ],
};
