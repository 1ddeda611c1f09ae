import { layersOf, type Variant, variants } from '../choice.js';

/**
 * Divides the files of all variants among layers, so that each is kept once: what all variants have is common, then what depends on the
 * host alone, on the provider alone, on both.
 *
 * @returns Texts by `<layer>/<path>`.
 */
export function inLayers(
  filesOf: (variant: Variant) => ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const made = variants.map((variant) => ({ variant, files: filesOf(variant) }));
  const result = new Map<string, string>();
  for (const { variant, files } of made) {
    const [common = '', ofHost = '', ofProvider = '', ofBoth = ''] = layersOf(variant);
    for (const [path, text] of files) {
      const isSame = (those: typeof made) => those.every((each) => each.files.get(path) === text);
      const { host, provider } = variant;
      const layer = isSame(made)
        ? common
        : isSame(made.filter((each) => each.variant.host === host))
          ? ofHost
          : isSame(made.filter((each) => each.variant.provider === provider))
            ? ofProvider
            : ofBoth;
      result.set(`${layer}/${path}`, text);
    }
  }
  return result;
}
