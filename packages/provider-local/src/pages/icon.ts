import { accentUnderWhite } from './accent.js';
import { OUR_ACCENT } from './palette.js';

/**
 * The picture of the tab: a portcullis, white on the accent colour. A file of its own, as the pages' policy wants it.
 *
 * @param accentColor - `#rrggbb`, in place of ours.
 */
export function icon(accentColor: string = OUR_ACCENT): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="${accentUnderWhite(accentColor)}"/>
<path d="M9 6v20M16 6v20M23 6v20M6 11h20M6 18h20" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/>
</svg>
`;
}
