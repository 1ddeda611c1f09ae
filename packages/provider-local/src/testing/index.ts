export {
  type BrowserPage,
  type FormBrowser,
  type FormBrowserOptions,
  formBrowser,
  type PersonOptions,
} from './form-browser.js';
export type { PageForm } from './page-forms.js';
export { type StoreContractOptions, storeContract } from './store-contract.js';
export type { SharedStore } from './store-race.js';
