export { type Html, type HtmlValue, html, render } from './html.js';
export { alertBox, code, type Layout, layout } from './layout.js';
export { pageHeaders } from './page-headers.js';
export type { PagesOptions } from './pages-options.js';
export { createSite, type Site, type SiteFile, type SiteOptions } from './site.js';
export type { PageFrame } from './views.js';
