import type { CorpusSection } from './corpus-row.js';

/** Headlines about an invented company, ORLQ. */
export const orrelane: CorpusSection = {
  tickers: ['ORLQ'],
  rows: [
    [2, '11:20', 'positive', 'Orrelane Energy secures 1.4 billion-euro wind contract'],
    [5, '07:10', 'neutral', 'Orrelane Energy to hold annual general meeting in Larkhaven'],
    [9, '13:00', 'negative', 'Orrelane Energy cuts production forecast after pipeline leak'],
    [12, '08:15', 'negative', "Storm damages two of Orrelane's offshore turbines"],
    [15, '10:50', 'neutral', 'Orrelane Energy operates in six markets and is based in Larkhaven'],
    [18, '07:35', 'positive', "Orrelane Energy's output climbs to an all-time high"],
    [
      22,
      '12:10',
      'negative',
      'Orrelane Energy loses appeal over subsidy clawback',
      'The company must repay EUR 37 mn.',
    ],
    [26, '09:40', 'neutral', "Orrelane Energy's credit rating was affirmed with a stable outlook"],
    [29, '14:15', 'positive', 'Orrelane Energy lowers debt with sale of gas network'],
    [34, '08:50', 'unclear', 'Orrelane Energy sells its gas network to a pension fund'],
    [
      38,
      '07:05',
      'negative',
      "Orrelane Energy's costs rise faster than sales",
      'Operating expenses increased by 12 % while net sales increased by 4 %.',
    ],
    [42, '11:35', 'positive', "Regulator approves Orrelane Energy's storage project"],
    [
      46,
      '09:15',
      'negative',
      'Orrelane Energy workers walk out in dispute over pay',
      'A strike would affect three power stations.',
    ],
    [48, '16:00', 'positive', 'Strike at Orrelane Energy averted as union accepts offer'],
    [
      50,
      '06:45',
      'neutral',
      "Orrelane Energy's third-quarter revenue was in line with expectations",
    ],
    [53, '10:25', 'positive', 'Orrelane Energy raises dividend after sale of gas network'],
    [56, '13:20', 'negative', "Moderate winds weigh on Orrelane Energy's earnings"],
    [60, '08:40', 'neutral', 'Orrelane Energy plans to rename its trading arm'],
  ],
};
