/** The revision of which every request says what it is. */
export const MODERN = '2026-07-28';
/** The revision before it. */
export const LEGACY = '2025-11-25';

/** What every request of {@link MODERN} has in `params._meta`. */
export const envelope = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
