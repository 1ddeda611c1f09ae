import { createHash } from 'node:crypto';
import { ConfigurationError } from '@portcullis/core';
import { icon } from './icon.js';
import { type PagesOptions, pagesProblems } from './pages-options.js';
import { stylesheet } from './stylesheet.js';
import type { PageFrame } from './views.js';

/** Settings of {@link createSite}. */
export interface SiteOptions {
  /** What the server is called, where `pages.productName` says nothing else. */
  readonly name: string;
  /** Public URL of the server. Its host stands beside the name. */
  readonly url: string;
  /** Where the two files lie that every page links to, without ending: `/site` stands for `/site.css` and `/site.svg`. */
  readonly files: string;
  /** How the pages look: give `localProvider` the same, and both look alike. Default: our own look. */
  readonly pages?: PagesOptions;
  /** CSS of your own, after ours. Default: none. */
  readonly style?: string;
}

/** A file that the pages link to. */
export interface SiteFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What pages of one origin share. */
export interface Site {
  /** For `layout`. */
  readonly frame: PageFrame;
  /** What the pages link to, by path. Answer GET and HEAD with them. */
  readonly files: Readonly<Record<string, SiteFile>>;
}

/**
 * Makes what pages of one origin share: their frame, their style sheet, the picture of their tabs. The issuer's own pages are made of it.
 *
 * Does NOT serve anything.
 *
 * @throws {ConfigurationError} when `pages` cannot be used, as `localProvider` does.
 */
export function createSite({ name, url, files, pages = {}, style = '' }: SiteOptions): Site {
  const problems = pagesProblems(pages);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { productName, accentColor, privacyUrl } = pages;
  const css = `${stylesheet(accentColor)}${style}`;
  const svg = icon(accentColor);
  return {
    frame: {
      serverName: name,
      host: new URL(url).host,
      stylesheet: `${files}.css?${version(css)}`,
      icon: `${files}.svg?${version(svg)}`,
      ...(productName === undefined ? {} : { productName }),
      ...(privacyUrl === undefined ? {} : { privacyUrl }),
    },
    files: {
      [`${files}.css`]: file('text/css; charset=utf-8', css),
      [`${files}.svg`]: file('image/svg+xml; charset=utf-8', svg),
    },
  };
}

/** Another file has another address, so that no browser keeps an old one. */
const version = (body: string): string =>
  createHash('sha256').update(body).digest('hex').slice(0, 8);

const file = (type: string, body: string): SiteFile => ({
  headers: {
    'content-type': type,
    'cache-control': 'public, max-age=3600',
    // For whoever opens it as a page of its own.
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  },
  body,
});
