/** Appends records until the file system refuses one, and prints how many were kept and the code of the refusal. */

import { writeSync } from 'node:fs';
import { AuditLogError, openAuditLog } from '../../src/index.ts';
import { eventAt, key } from '../events.ts';

const [path = ''] = process.argv.slice(2);
const log = await openAuditLog({ path, key });
let kept = 0;
try {
  for (; ; kept++) log.record(eventAt(kept));
} catch (error) {
  if (!(error instanceof AuditLogError)) throw error;
  writeSync(1, `${kept} ${error.code}\n`);
}
await log.close();
