import type { CorpusSection } from './corpus-row.js';

/** Headlines about an invented company, QLMB. */
export const quillmoor: CorpusSection = {
  tickers: ['QLMB'],
  rows: [
    [1, '09:00', 'neutral', 'Quillmoor Bank to hold investor day in Bristow on 12 November'],
    [
      3,
      '07:00',
      'negative',
      'Quillmoor Bank sets aside another $180 million for bad loans',
      'Commercial property loans account for most of the provision.',
    ],
    [6, '12:30', 'negative', "Regulator opens investigation into Quillmoor Bank's fees"],
    [9, '08:45', 'positive', "Quillmoor Bank's deposits climb for a third straight month"],
    [12, '10:20', 'neutral', 'Quillmoor Bank appoints two non-executive directors'],
    [
      15,
      '06:50',
      'negative',
      'Quillmoor Bank to cut 1,200 jobs and close 40 branches',
      'The bank expects restructuring charges of about $90 million.',
    ],
    [19, '14:00', 'neutral', 'Quillmoor Bank moves its headquarters to the old customs house'],
    [22, '09:35', 'positive', 'Court dismisses lawsuit against Quillmoor Bank over card fees'],
    [
      26,
      '11:50',
      'negative',
      'Quillmoor Bank fined $65 million over money-laundering controls',
      'The bank said it had accepted the findings.',
    ],
    [30, '07:15', 'positive', 'Quillmoor Bank completes share buyback ahead of schedule'],
    [33, '13:10', 'neutral', 'Quillmoor Bank keeps its savings rate unchanged'],
    [37, '08:30', 'positive', 'Loan losses at Quillmoor Bank shrink as borrowers recover'],
    [41, '15:55', 'positive', "Regulator drops probe into Quillmoor Bank's fees"],
    [45, '10:05', 'neutral', 'Two analysts begin coverage of Quillmoor Bank'],
    [
      49,
      '06:40',
      'positive',
      "Quillmoor Bank's quarterly profit tops forecasts and it lifts its dividend by 10%",
    ],
    [49, '12:20', 'positive', 'Quillmoor Bank shares rally 7% to a three-year high'],
    [
      54,
      '09:25',
      'negative',
      'Net interest margin at Quillmoor Bank narrows to 2.6 percent from 2.9 percent',
    ],
    [58, '08:10', 'unclear', 'Quillmoor Bank in early talks to buy a wealth manager'],
  ],
};
