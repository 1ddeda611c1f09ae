import { defineConfig } from 'tsup';
import { writeTemplate } from './src/template/write-template.js';

export default defineConfig({
  entry: ['src/create-portcullis.ts'],
  format: 'esm',
  target: 'node22',
  clean: true,
  removeNodeProtocol: false,
  // The template is made of the app as it is now, whenever this package is built.
  onSuccess: () => writeTemplate('dist/template'),
});
