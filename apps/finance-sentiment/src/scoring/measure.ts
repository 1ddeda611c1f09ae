// What other programs of this repository measure the engine with.
export { analyze } from '../sentiment/analyze.js';
export { type Evaluation, evaluateTexts } from './evaluation.js';
export { type Labelled, readLabelledCsv } from './labelled-csv.js';
