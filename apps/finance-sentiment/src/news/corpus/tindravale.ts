import type { CorpusSection } from './corpus-row.js';

/** Headlines about an invented company, TNDQ. */
export const tindravale: CorpusSection = {
  tickers: ['TNDQ'],
  rows: [
    [
      1,
      '07:30',
      'positive',
      'Tindravale Semiconductor raises full-year guidance after record data-centre orders',
      'The maker of power chips now expects net sales of EUR 4.1 bn, up from EUR 3.7 bn.',
    ],
    [
      4,
      '12:05',
      'neutral',
      'Tindravale Semiconductor to report third-quarter results on 22 October',
    ],
    [
      7,
      '09:10',
      'neutral',
      'Tindravale names Odalys Brennick chief financial officer',
      "She joins from the company's own treasury on 1 November.",
    ],
    [
      10,
      '15:40',
      'positive',
      'Broker lifts price target on Tindravale Semiconductor, reiterates buy rating',
    ],
    [
      13,
      '08:20',
      'positive',
      'Tindravale wins EUR 240 mn order for railway converters',
      'Deliveries are to begin next year.',
    ],
    [
      16,
      '06:55',
      'negative',
      "Fire at Tindravale's Norrvik plant halts production of sensors",
      'Nobody was hurt. The company does not know yet when it can restart the line.',
    ],
    [
      18,
      '11:00',
      'unclear',
      'Tindravale restarts two of three lines in Norrvik a week after the fire',
    ],
    [
      21,
      '13:30',
      'neutral',
      'Tindravale Semiconductor changes the name of its automotive division',
    ],
    [
      25,
      '10:15',
      'negative',
      'Lead times lengthen as Tindravale struggles with a shortage of wafers',
    ],
    [
      29,
      '07:45',
      'negative',
      'Analyst downgrades Tindravale Semiconductor to sell on inventory glut',
    ],
    [
      32,
      '14:25',
      'negative',
      'Tindravale shares slide 6% after customer warns of weak smartphone demand',
    ],
    [36, '09:00', 'neutral', 'Tindravale will present at a technology conference in Rotterdam'],
    [
      40,
      '16:10',
      'positive',
      'Tindravale and a carmaker sign a long-term contract worth EUR 600 mn',
    ],
    [
      44,
      '08:00',
      'neutral',
      'Tindravale Semiconductor employs around 9,800 people in eleven countries',
      'A company portrait.',
    ],
    [
      51,
      '06:30',
      'positive',
      'Tindravale beats profit estimates as margins expand to 31 percent',
      'Operating profit rose to EUR 312 mn from EUR 268 mn in the corresponding period of last year.',
    ],
    [51, '13:15', 'positive', 'Tindravale Semiconductor shares surge 9% after results'],
    [55, '10:40', 'unclear', 'Tindravale to spend EUR 900 mn on a second plant in Norrvik'],
    [59, '07:20', 'positive', 'Ratings agency upgrades Tindravale Semiconductor on falling debt'],
  ],
};
