/**
 * Run as a process of its own: `work.ts FOLDER NAME COUNT`. Works on parameters of its own, and on two that it shares
 * with all others, and prints what is acknowledged, a line for each change: `put NAME VERSION`, `label NAME VERSION
 * LABEL`,
 * `delete NAME`. Its first line is `open`.
 * @module
 */

import { writeSync } from 'node:fs';
import { openStoreAt } from '../folder.ts';

const [folder = '', name = '', count = '0'] = process.argv.slice(2);
const print = (line: string) => writeSync(1, `${line}\n`);
const { store, close } = await openStoreAt(folder);
print('open');

for (let i = 0; i < Number(count); i++) {
  const own = `/own/${name}/${i}`;
  const tier = i % 2 === 0 ? 'Standard' : 'Advanced';
  await store.putParameter({ name: own, value: own, type: 'SecureString', tier });
  print(`put ${own} 1`);
  const { parameter } = await store.getParameter({ name: own, withDecryption: true });
  if (parameter.value !== own) throw new Error(`${own} has the value of another parameter`);
  if (i % 10 === 3) {
    await store.putParameter({ name: own, value: own, overwrite: true });
    print(`put ${own} 2`);
    await store.labelParameterVersion({ name: own, parameterVersion: 1, labels: ['first'] });
    print(`label ${own} 1 first`);
  }
  if (i % 10 === 7) {
    await store.deleteParameter({ name: own });
    print(`delete ${own}`);
  }
  if (i % 25 === 0) {
    const { version } = await store.putParameter({
      name: '/shared',
      value: own,
      type: 'SecureString',
      overwrite: true,
    });
    print(`put /shared ${version}`);
  }
}
await close();
