/** `npm pack` runs this: the licences of what the packed app contains. */
import { resolve } from 'node:path';
import { writeNotices } from './notices.ts';

writeNotices(resolve(import.meta.dirname, '../..'));
