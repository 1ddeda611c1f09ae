import type { ConfigurationProblem } from '@portcullis/core';
import { cleanLine } from './display-text.js';

/** What an operator can set about the pages. */
export interface PagesOptions {
  /** What stands at the head of every page, at most 60 characters. Default: the name of the first resource. */
  readonly productName?: string;
  /** Colour of buttons and links, `#rrggbb`; made darker or lighter where text could not be read. Default: a dark green. */
  readonly accentColor?: string;
  /** Your privacy notice, `https:`, linked at the foot of every page. Default: no link. */
  readonly privacyUrl?: string;
}

/** Why the options of the pages cannot be used. */
export function pagesProblems(pages: unknown): readonly ConfigurationProblem[] {
  if (typeof pages !== 'object' || pages === null || Array.isArray(pages)) {
    return [
      { option: 'pages', problem: 'must be an object.', remedy: 'Leave it out for our look.' },
    ];
  }
  const { productName, accentColor, privacyUrl } = pages as Readonly<
    Record<keyof PagesOptions, unknown>
  >;
  const problems: ConfigurationProblem[] = [];
  const isName = (value: unknown) =>
    typeof value === 'string' && value !== '' && value.length <= 60 && cleanLine(value) === value;
  if (productName !== undefined && !isName(productName)) {
    problems.push({
      option: 'pages.productName',
      problem: `must have 1 to 60 characters, all of them visible; got ${shown(productName)}.`,
      remedy: 'Leave it out for the name of the first resource.',
    });
  }
  if (accentColor !== undefined && !isText(accentColor, (text) => /^#[0-9a-f]{6}$/i.test(text))) {
    problems.push({
      option: 'pages.accentColor',
      problem: `must be a colour as #rrggbb; got ${shown(accentColor)}.`,
      remedy: 'Write it like "#0057b8".',
    });
  }
  if (privacyUrl !== undefined && !isText(privacyUrl, isHttps)) {
    problems.push({
      option: 'pages.privacyUrl',
      problem: `must be an https: URL; got ${shown(privacyUrl)}.`,
      remedy: 'Write it like "https://example.com/privacy".',
    });
  }
  return problems;
}

const isHttps = (text: string): boolean => URL.parse(text)?.protocol === 'https:';

const isText = (value: unknown, holds: (text: string) => boolean): boolean =>
  typeof value === 'string' && holds(value);

/** What was given: a text as it is, of anything else the type alone. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : typeof value;
