import type { CorpusSection } from './corpus-row.js';

/** Headlines about an invented company, BKFD. */
export const brackenfold: CorpusSection = {
  tickers: ['BKFD'],
  rows: [
    [2, '07:20', 'positive', 'Brackenfold Stores posts better-than-expected same-store sales'],
    [6, '09:55', 'neutral', 'Brackenfold Stores opens its 300th shop in Alderwick'],
    [10, '08:10', 'negative', "Brackenfold Stores' growth slows sharply as costs rise"],
    [13, '12:15', 'neutral', 'Brackenfold sales were flat at $1.1 billion in August'],
    [17, '07:00', 'negative', 'Brackenfold Stores issues profit warning on weak clothing demand'],
    [17, '10:35', 'negative', "Profit warning wipes a fifth off Brackenfold's market value"],
    [20, '13:40', 'negative', 'Brackenfold Stores faces class action over data breach'],
    [23, '08:55', 'neutral', 'Brackenfold Stores appoints a new head of logistics'],
    [27, '07:45', 'negative', 'Brackenfold to close 22 stores and lay off 900 workers'],
    [31, '11:10', 'unclear', 'Activist investor takes 5% stake in Brackenfold Stores'],
    [34, '09:45', 'positive', 'Brackenfold Stores cuts debt by a third after sale of warehouses'],
    [38, '14:05', 'neutral', 'Brackenfold Stores to test self-service tills in Alderwick'],
    [41, '08:30', 'positive', 'Online orders at Brackenfold Stores more than double'],
    [45, '07:50', 'negative', 'Brackenfold Stores trims outlook for the holiday season'],
    [47, '12:35', 'positive', 'Brackenfold Stores settles data breach lawsuit'],
    [
      50,
      '06:20',
      'negative',
      "Brackenfold's operating profit fell to $21 million from $39 million",
      'Net sales decreased by 3 % in the third quarter.',
    ],
    [55, '09:10', 'positive', 'Takeover offer for Brackenfold Stores at a 34 % premium'],
    [60, '07:30', 'neutral', "Brackenfold Stores' board is to meet on 9 November"],
  ],
};
