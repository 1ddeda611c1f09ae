import type { CorpusSection } from './corpus-row.js';

/** Headlines about an invented company, VSBY. */
export const vessenby: CorpusSection = {
  tickers: ['VSBY'],
  rows: [
    [
      2,
      '08:00',
      'negative',
      "Vessenby Shipping's net loss widens to $48 million from $19 million",
      'Freight rates fell for a fifth straight quarter.',
    ],
    [5, '10:30', 'neutral', 'Vessenby Shipping files its annual report with the regulator'],
    [
      8,
      '13:45',
      'negative',
      'Vessenby Shipping tanker runs aground, operations suspended at two terminals',
    ],
    [11, '07:25', 'neutral', "The value of Vessenby's order for four vessels was not disclosed"],
    [
      14,
      '09:50',
      'negative',
      'Short seller accuses Vessenby Shipping of accounting fraud',
      'Vessenby rejects the claims.',
    ],
    [14, '15:05', 'negative', "Vessenby Shipping shares plunge 21% after short seller's report"],
    [17, '08:35', 'unclear', 'Vessenby Shipping hires outside auditors to answer short seller'],
    [20, '11:15', 'negative', 'Vessenby Shipping suspends dividend to protect cash'],
    [24, '07:50', 'neutral', 'Vessenby Shipping names Iver Tolland chairman'],
    [28, '14:40', 'positive', 'Vessenby Shipping avoids default after lenders extend loans'],
    [31, '10:00', 'positive', 'Auditors clear Vessenby Shipping of wrongdoing'],
    [31, '13:30', 'positive', 'Vessenby Shipping shares soar 18% as fraud allegations are dropped'],
    [35, '09:20', 'neutral', 'Vessenby Shipping renames three container ships'],
    [39, '08:05', 'positive', 'Debt at Vessenby Shipping falls to its lowest level in six years'],
    [43, '12:50', 'positive', 'Vessenby Shipping secures five-year contract with a grain exporter'],
    [47, '07:40', 'positive', 'Freight volumes at Vessenby jump 14% as new routes ramp up'],
    [
      52,
      '06:55',
      'positive',
      'Vessenby Shipping returns to profit in the third quarter',
      'Net profit was $11 million, compared with a loss of $23 million a year earlier.',
    ],
    [
      57,
      '10:45',
      'neutral',
      'Vessenby Shipping will publish its sustainability report in December',
    ],
  ],
};
