/**
 * Lays out public test vectors for the tests, from checkouts of the repositories that CONTRIBUTING.md names. It takes
 * from each checkout what it finds there, in any order.
 *
 *     node scripts/vectors.mjs CHECKOUT... [--into FOLDER]
 */

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const WYCHEPROOF = 'testvectors_v1';
const KMS = 'us-west-2-decryptable';

/**
 * Each file of messages: the manifest it comes from, a folder or a zip of that name, and the key that must be the only
 * one of a message. `most` limits the number of messages, `keys` are those that open them.
 */
const MESSAGES = [
  ...[
    { file: 'net-4.0.1-raw-aes.json', key: 'aes-256', keys: ['aes-256'], cmm: 'Default' },
    {
      file: 'net-4.0.1-raw-rsa.json',
      key: 'rsa-4096-private',
      keys: ['rsa-4096-private', 'rsa-4096-public'],
      cmm: 'Default',
    },
    { file: 'net-4.0.1-aws-kms-parse-only.json', key: KMS, keys: [] },
  ].map((each) => ({ ...each, from: 'TestVectors/dafny/TestVectors/test/v4-Net-4.0.1' })),
  {
    file: 'python-1.3.5-aws-kms-parse-only.json',
    from: 'vectors/awses-decrypt/python-1.3.5',
    key: KMS,
    keys: [],
    most: 40,
  },
];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { into: { type: 'string' } } });
const into =
  values.into ??
  (process.env['SECURESTRING_VECTORS'] || fileURLToPath(new URL('../../shared/vectors', import.meta.url)));
if (positionals.length === 0) {
  console.error(
    'Name the checkouts: node scripts/vectors.mjs CHECKOUT... [--into FOLDER]. CONTRIBUTING.md lists them.',
  );
  process.exit(2);
}

const made = positionals.flatMap((checkout) => [...wycheproof(checkout), ...messages(checkout)]);
for (const file of made) console.log(join(into, file));
if (made.length === 0) {
  console.error(`No vectors in ${positionals.join(', ')}. CONTRIBUTING.md names the repositories and paths.`);
  process.exitCode = 1;
}

/** Copies Wycheproof's files as they are. */
function wycheproof(checkout) {
  const folder = join(checkout, WYCHEPROOF);
  if (!existsSync(folder)) return [];
  mkdirSync(join(into, 'wycheproof'), { recursive: true });
  return readdirSync(folder)
    .filter((name) => name.endsWith('_test.json'))
    .map((name) => {
      cpSync(join(folder, name), join(into, 'wycheproof', name));
      return join('wycheproof', name);
    });
}

/** Writes each file of messages whose manifest the checkout has. */
function messages(checkout) {
  return MESSAGES.flatMap((wanted) =>
    inFolder(join(checkout, wanted.from), (folder) => {
      mkdirSync(join(into, 'esdk'), { recursive: true });
      writeFileSync(join(into, 'esdk', wanted.file), `${JSON.stringify(chosen(folder, wanted), null, 1)}\n`);
      return [join('esdk', wanted.file)];
    }),
  );
}

/** Runs `work` on a folder, or on what the zip of its name holds; returns nothing if the checkout has neither. */
function inFolder(folder, work) {
  if (existsSync(join(folder, 'manifest.json'))) return work(folder);
  if (!existsSync(`${folder}.zip`)) return [];
  const scratch = mkdtempSync(join(tmpdir(), 'vectors-'));
  try {
    execFileSync('unzip', ['-q', `${folder}.zip`, '-d', scratch], { stdio: ['ignore', 'ignore', 'inherit'] });
    return work(scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The messages of a manifest, in its order, whose one key is the wanted one. */
function chosen(folder, { key, keys, cmm, most }) {
  const bytesAt = (address) => readFileSync(join(folder, address.replace('file://', '')));
  const json = (address) => JSON.parse(bytesAt(address).toString());
  const { client, keys: keysAt, tests } = json('file://manifest.json');
  const all = keys.length === 0 ? {} : json(keysAt).keys;
  const found = Object.entries(tests)
    .filter(([, { 'master-keys': used, ...test }]) => used.length === 1 && used[0].key === key && fits(test, cmm))
    .slice(0, most);
  return {
    description: `${client.name} ${client.version}, ${key}`,
    keys: Object.fromEntries(keys.map((name) => [name, all[name]])),
    // Without its key, what a message holds is of no use.
    plaintext: keys.length === 0 ? null : bytesAt(found[0]?.[1].result.output.plaintext).toString('base64'),
    tests: found.map(([name, test]) => ({
      name,
      ciphertext: bytesAt(test.ciphertext).toString('base64'),
      masterKeys: test['master-keys'],
      cmm: test.cmm,
      encryptionContext: test['encryption-context'],
    })),
  };
}

function fits(test, cmm) {
  return cmm === undefined || test.cmm === cmm;
}
