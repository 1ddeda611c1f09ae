import { expect, it } from 'vitest';
import { pageText } from './page-text.js';

it('reads a page as a person does: blocks as lines, boxes as they are ticked', () => {
  const html = `<!doctype html><html><head><title>Unseen</title></head><body>
<div><span class="tile" aria-hidden="true">M</span><h1>Allow &quot;App&quot;?</h1></div>
<dl><dt>Server</dt> <dd>http:<wbr>//127.0.0.1</dd></dl>
<div class="scope"><input type="checkbox" name="scope" value="a" checked><div class="t"><label>One</label>
<p>mcp:<wbr>one</p></div></div>
<div class="scope"><input type="checkbox" name="scope" value="b"><div class="t"><label>Two</label></div></div>
<button>Deny</button> <button>Allow</button></body></html>`;
  expect(pageText(html)).toBe(
    'Allow "App"?\nServer: http://127.0.0.1\n[x] One\nmcp:one\n[ ] Two\nDeny\nAllow',
  );
});
