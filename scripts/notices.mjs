/** `npm run notices`: writes THIRD-PARTY-NOTICES.md anew, after a library came, went or changed. */
import { writeFileSync } from 'node:fs';
import { noticesFile, noticesText } from './package/notices.mjs';

writeFileSync(noticesFile, noticesText());
