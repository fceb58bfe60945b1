/** Appends records until it is killed. It prints the number of each that was kept. */

import { writeSync } from 'node:fs';
import { openAuditLog } from '../../src/index.ts';
import { eventAt, key } from '../events.ts';

const [path = ''] = process.argv.slice(2);
const log = await openAuditLog({ path, maxBytes: 16_384, key });
for (let number = 0; ; number++) {
  log.record(eventAt(number));
  writeSync(1, `${number}\n`);
}
