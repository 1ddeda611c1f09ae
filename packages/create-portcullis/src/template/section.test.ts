import { expect, it } from 'vitest';
import { section } from './section.js';

const readme = `# App

## First

Words.

| a |
| - |
| 1 |

More words.

| b |

### Below

The end.

## First things

## Last

Nothing but words.
`;

it('gives a section up to the next one', () => {
  expect(section(readme, 'First')).toBe(
    'Words.\n\n| a |\n| - |\n| 1 |\n\nMore words.\n\n| b |\n\n### Below\n\nThe end.',
  );
  expect(section(readme, 'Last')).toBe('Nothing but words.');
});

it('gives the first table of a section', () => {
  expect(section(readme, 'table: First')).toBe('| a |\n| - |\n| 1 |');
});

it.each(['Second', 'First things', 'table: Last', 'table: Second', 'Below'])(
  'fails where there is nothing under %s',
  (heading) => {
    expect(() => section(readme, heading)).toThrow(
      `The app's README has nothing under "${heading}". Adapt starter/README.md.`,
    );
  },
);
