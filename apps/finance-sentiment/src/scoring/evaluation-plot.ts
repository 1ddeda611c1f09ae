import { html, render } from '@portcullis/provider-local/pages';
import { sentimentLabels } from '../sentiment/sentiment.js';
import type { Evaluation } from './evaluation.js';

const [CELL, LEFT, TOP] = [96, 110, 96];

/**
 * The confusion matrix as an SVG picture: a row for each expected label, a column for each answer, the darker the larger its share of the row.
 *
 * @param title - What was scored, such as the file's name.
 */
export function evaluationPlot(
  { accuracy, macroF1, confusion, n }: Evaluation,
  title: string,
): string {
  const size = CELL * sentimentLabels.length;
  const summary = `${n} texts, accuracy ${accuracy.toFixed(2)}, macro-F1 ${macroF1.toFixed(2)}`;
  const cells = sentimentLabels.flatMap((expected, row) => {
    const all = sentimentLabels.reduce((sum, answer) => sum + confusion[expected][answer], 0);
    return sentimentLabels.map((answer, column) => {
      const count = confusion[expected][answer];
      const share = all === 0 ? 0 : count / all;
      const [x, y] = [LEFT + column * CELL, TOP + row * CELL];
      // Dark ink on light cells, light ink on dark ones: readable at every share.
      const ink = share > 0.69 ? '#ffffff' : '#1d1c1a';
      const fill = `rgb(${Math.round(246 - 224 * share)}, ${Math.round(248 - 162 * share)}, ${Math.round(247 - 168 * share)})`;
      return html`<g><title>${expected}, answered ${answer}: ${count}</title>
<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="${fill}" stroke="#ffffff" stroke-width="2"/>
<text x="${x + CELL / 2}" y="${y + CELL / 2}" fill="${ink}" text-anchor="middle" font-size="20">${count}</text>
<text x="${x + CELL / 2}" y="${y + CELL / 2 + 20}" fill="${ink}" text-anchor="middle">${Math.round(share * 100)} %</text></g>
`;
    });
  });
  const rows = sentimentLabels.map(
    (label, row) =>
      html`<text x="${LEFT - 10}" y="${TOP + row * CELL + CELL / 2 + 4}" text-anchor="end">${label}</text>
`,
  );
  const columns = sentimentLabels.map(
    (label, column) =>
      html`<text x="${LEFT + column * CELL + CELL / 2}" y="${TOP - 10}" text-anchor="middle">${label}</text>
`,
  );
  const [width, height] = [LEFT + size + 20, TOP + size + 20];
  return render(html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}: ${summary}" font-family="system-ui, sans-serif" font-size="13" fill="#1d1c1a">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="20" y="28" font-size="16" font-weight="600">${title}</text>
<text x="20" y="48">${summary}</text>
<text x="${LEFT + size / 2}" y="${TOP - 28}" text-anchor="middle" fill="#5c5952">answer</text>
<text x="20" y="${TOP - 10}" fill="#5c5952">expected</text>
${columns}${rows}${cells}</svg>
`);
}
