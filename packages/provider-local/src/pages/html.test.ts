import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeHtml, html, render } from './html.js';

/** Any text at all, and texts made of nothing but what could do harm. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...`<>"'&;#/=! -a\0\n`) }),
);

it('leaves no character of markup in any text (AS-77, ATK-11)', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const escaped = escapeHtml(text);
      expect(escaped).not.toMatch(/[<>"']/);
      expect(escaped.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      const restored = escaped
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&');
      expect(restored).toBe(text);
    }),
  );
});

it('escapes every value of a template, in text and in attributes', () => {
  const hostile = `"><script>alert('&')</script>`;
  expect(render(html`<p title="${hostile}">${hostile}</p>`)).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;">&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</p>',
  );
});

it('takes markup, lists and numbers, and leaves nothing behind for what is absent', () => {
  const items = ['<a>', 'b'].map((item) => html`<li>${item}</li>`);
  expect(render(html`<ul>${items}</ul>${undefined}${false}${3}`)).toBe(
    '<ul><li>&lt;a&gt;</li><li>b</li></ul>3',
  );
});

it('takes nothing that came from JSON for markup', () => {
  const forged = JSON.parse('{"portcullis.markup":"<b>","description":"portcullis.markup"}');
  expect(() => render(html`${forged}`)).toThrow(TypeError);
});
