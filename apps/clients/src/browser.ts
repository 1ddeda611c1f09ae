import { formBrowser } from '@portcullis/provider-local/testing';
import { person } from './person.js';

// The program that clients start in place of a browser: signs in, allows what is asked, and goes back where it is sent.
const url = process.argv.at(-1) ?? '';
const back = await formBrowser().authorize(url, person);
const { status } = await fetch(back);
process.exitCode = status === 200 ? 0 : 1;
