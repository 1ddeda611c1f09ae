import type { Company } from '../news-item.js';

/** The companies of the corpus. All are invented, and so are their tickers. */
export const companies: readonly Company[] = [
  { ticker: 'TNDQ', name: 'Tindravale Semiconductor', sector: 'technology' },
  { ticker: 'QLMB', name: 'Quillmoor Bank', sector: 'finance' },
  { ticker: 'VSBY', name: 'Vessenby Shipping', sector: 'transportation' },
  { ticker: 'ORLQ', name: 'Orrelane Energy', sector: 'energy' },
  { ticker: 'HVXT', name: 'Halvixa Therapeutics', sector: 'life sciences' },
  { ticker: 'BKFD', name: 'Brackenfold Stores', sector: 'retail' },
  { ticker: 'PELQ', name: 'Pelluvar Airways', sector: 'transportation' },
  { ticker: 'SDRK', name: 'Sundrake Motors', sector: 'manufacturing' },
];
