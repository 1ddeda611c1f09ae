import type { CorpusSection } from './corpus-row.js';

/** Headlines about an invented company, SDRK. */
export const sundrake: CorpusSection = {
  tickers: ['SDRK'],
  rows: [
    [3, '11:30', 'neutral', 'Sundrake Motors unveils a small electric van'],
    [5, '08:25', 'negative', 'Sundrake Motors recalls 90,000 cars over brake defect'],
    [
      8,
      '07:10',
      'negative',
      'Sundrake Motors misses delivery target for the second quarter in a row',
    ],
    [10, '10:20', 'neutral', "Sundrake Motors' fiscal year ends on 30 June"],
    [14, '12:40', 'negative', 'Sundrake Motors to lay off 4,000 workers and idle two plants'],
    [19, '09:15', 'positive', 'Unions approve cost savings at Sundrake Motors'],
    [22, '07:55', 'positive', 'Sundrake Motors boosts battery output by 30 percent'],
    [24, '13:25', 'unclear', 'Sundrake Motors drops its smallest model'],
    [28, '08:45', 'negative', "Sundrake Motors' market share slips for a fifth straight quarter"],
    [32, '10:50', 'neutral', 'Sundrake Motors schedules earnings call for 27 October'],
    [36, '07:20', 'positive', "Orders for Sundrake's electric van exceed expectations"],
    [39, '12:10', 'positive', 'Sundrake Motors outlook raised to positive by ratings agency'],
    [43, '09:35', 'neutral', 'Sundrake Motors transfers its listing from Stannock to Larkhaven'],
    [46, '14:50', 'negative', 'Hackers disrupt production at Sundrake Motors'],
    [48, '08:15', 'positive', 'Sundrake Motors resumes production after cyberattack'],
    [56, '06:50', 'negative', 'Sundrake Motors falls short of forecasts and cuts its dividend'],
    [56, '11:05', 'negative', 'Sundrake Motors shares tumble 13% after results'],
    [59, '13:35', 'neutral', 'Analysts discuss what is next for Sundrake Motors'],
  ],
};
