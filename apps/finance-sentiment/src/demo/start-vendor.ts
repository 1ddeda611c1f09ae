import type { IdentityName } from '../identity/identity-config.js';
import type { Vendor } from './vendor.js';
import type { VendorSetting } from './vendor-setting.js';

/** Starts the provider of that name, or its package's fake of it. Only its own package is loaded. */
export async function startVendor(name: IdentityName, setting: VendorSetting): Promise<Vendor> {
  switch (name) {
    case 'local':
      return (await import('./vendors/local.js')).localVendor(setting);
    case 'scalekit':
      return (await import('./vendors/scalekit.js')).scalekitVendor(setting);
    case 'auth0':
      return (await import('./vendors/auth0.js')).auth0Vendor(setting);
    case 'oidc':
      return (await import('./vendors/oidc.js')).oidcVendor(setting);
  }
}
