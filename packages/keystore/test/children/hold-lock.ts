/**
 * Run as a process of its own: `hold-lock.ts PATH`. Takes the lock of a file, leaves half of a document beside it, says
 * so, and holds the lock until it is killed.
 * @module
 */

import { writeFileSync, writeSync } from 'node:fs';
import { withFileLock } from '@securestring/storage/lock';

await withFileLock(process.argv[2] ?? '', 10_000, async (temporary) => {
  writeFileSync(temporary, 'SSKSTORE');
  writeSync(1, 'held\n');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
