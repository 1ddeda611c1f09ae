import type { CorpusSection } from './corpus-row.js';

/** Headlines about an invented company, HVXT. */
export const halvixa: CorpusSection = {
  tickers: ['HVXT'],
  rows: [
    [
      1,
      '12:00',
      'neutral',
      'Halvixa Therapeutics to present at a healthcare conference in Maresund',
    ],
    [4, '07:55', 'positive', 'Halvixa Therapeutics shares soar as asthma trial meets main goal'],
    [
      4,
      '14:30',
      'positive',
      'Broker raises price target on Halvixa Therapeutics after trial success',
    ],
    [8, '09:05', 'neutral', 'Halvixa Therapeutics enrols the first patient in a skin study'],
    [11, '11:40', 'positive', "Halvixa's asthma drug wins fast-track designation"],
    [16, '08:25', 'negative', 'Halvixa Therapeutics delays heart study by a year'],
    [19, '13:50', 'negative', "Patent office rejects Halvixa's claim to inhaler design"],
    [23, '07:30', 'neutral', 'Halvixa Therapeutics ends its fiscal year on 31 December'],
    [
      27,
      '10:10',
      'negative',
      'Halvixa Therapeutics recalls a batch of nasal spray over faulty caps',
    ],
    [30, '12:45', 'negative', 'Halvixa Therapeutics warns that cash will last only until spring'],
    [
      33,
      '09:30',
      'positive',
      'Halvixa Therapeutics raises $220 million in oversubscribed share sale',
    ],
    [37, '15:20', 'unclear', 'Halvixa Therapeutics to license its skin cream to a larger rival'],
    [40, '08:00', 'positive', "Regulator approves Halvixa's asthma drug"],
    [40, '11:25', 'positive', 'Halvixa Therapeutics jumps 25% after approval'],
    [44, '07:15', 'negative', "Side effects seen in Halvixa's skin study raise safety concerns"],
    [48, '13:05', 'neutral', 'Halvixa Therapeutics appoints Perrin Aldous head of research'],
    [
      53,
      '06:35',
      'positive',
      "Halvixa Therapeutics' quarterly loss narrows to $14 million from $31 million",
    ],
    [58, '10:55', 'neutral', "Financial terms of Halvixa's licence agreement were not disclosed"],
  ],
};
