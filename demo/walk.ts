/**
 * The main job, to watch: a parameter is put into a store on disk in the standard tier, comes back, moves up to the
 * advanced tier, comes back, and is refused where it must be. Then the same through AWS's own client, and at the
 * command line. `npm start -- NAME VALUE` takes another parameter.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, openParameter, parameterArn, providerName, SecureStringError } from '@securestring/core';
import { openKeystore } from '@securestring/keystore';
import { openParameterStore } from '@securestring/parameters';
import { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';
import { client } from './client.ts';
import { refusal, shorten, show, step } from './print.ts';
import { session } from './session.ts';

const [name = 'MyParameter', value = 'secret_value'] = process.argv.slice(2);
const place = { region: 'us-east-1', accountId: '000000000000' };

// Whatever ends the walk early, nothing of it stays behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
process.stdout.once('error', () => process.exit(1));

const folder = mkdtempSync(join(tmpdir(), 'securestring-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

try {
  await walk();
  session(folder, name, value);
} catch (error) {
  if (!(error instanceof SecureStringError)) throw error;
  console.error(`\n${error.name}: ${error.message}`);
  process.exitCode = 1;
}

async function walk(): Promise<void> {
  const arn = parameterArn({ name, ...place });
  show('The parameter', {
    name,
    value,
    arn,
    'encryption context': `PARAMETER_ARN = ${arn}`,
    primitives: providerName,
  });

  const path = join(folder, 'store');
  const passphrase = 'correct horse battery staple';
  const keys = lmdbKeystoreStorage(path);
  const keystore = await step('A keystore, sealed under a passphrase (scrypt takes its time on purpose)', () =>
    openKeystore({ storage: keys, unlock: { passphrase }, ...place }),
  );
  const { keyMetadata } = await keystore.describeKey({ keyId: 'alias/aws/ssm' });
  const store = await openParameterStore({ keystore, storage: lmdbStorage(path) });
  show(undefined, { folder: path, 'alias/aws/ssm': keyMetadata.arn });
  const stored = async (selector: string) => (await store.getParameter({ name: name + selector })).parameter.value;
  const opened = async (selector: string) =>
    (await store.getParameter({ name: name + selector, withDecryption: true })).parameter.value;

  const put = await step(
    'Put as a SecureString: in the standard tier, the value encrypted directly under the key',
    () => store.putParameter({ name, value, type: 'SecureString' }),
  );
  const standard = await stored('');
  show(undefined, { answer: JSON.stringify(put), stored: shorten(standard), ...describeBlob(standard) });
  show(undefined, { value: await step('Read again', () => opened('')) });

  const moved = await step('Overwritten in the advanced tier: an envelope, under a data key of its own', () =>
    store.putParameter({ name, value, overwrite: true, tier: 'Advanced' }),
  );
  const advanced = await stored('');
  show(undefined, { answer: JSON.stringify(moved), stored: shorten(advanced), ...describeMessage(advanced) });
  show(undefined, { value: await step('Read again', () => opened('')) });

  await store.labelParameterVersion({ name, parameterVersion: 1, labels: ['first'] });
  show(undefined, { value: await step('The first version, by its label', () => opened(':first')) });
  const { parameters } = await step('Its history', () => store.getParameterHistory({ name }));
  for (const { version, tier, labels } of parameters) show(undefined, { [`version ${version}`]: `${tier} ${labels}` });

  const otherArn = parameterArn({ name: `${name}-copy`, ...place });
  for (const [tier, sealed] of Object.entries({ standard, advanced })) {
    await refusal(`The ${tier} ciphertext copied under another name`, SecureStringError, () =>
      openParameter({ arn: otherArn, sealed, kms: keystore }),
    );
  }
  await refusal('The way down, Standard over Advanced', SecureStringError, () =>
    store.putParameter({ name, value, overwrite: true, tier: 'Standard' }),
  );
  await client({ keystore, parameters: store }, name, value);
  await store.close();
  await keystore.close();
  await keys.close();
}

function describeBlob(sealed: string): Record<string, string | number | undefined> {
  const blob = inspect(sealed);
  if (blob.kind !== 'key-blob') throw new Error(`Expected a key blob, not ${blob.kind}.`);
  return {
    'what it is': `${blob.kind}, generation ${blob.generation}, ${blob.length} bytes`,
    'material id': blob.materialId,
    nonce: blob.nonce,
    cipher: blob.cipher,
    iv: blob.iv,
    ciphertext: blob.ciphertext,
    tag: blob.tag,
  };
}

function describeMessage(sealed: string): Record<string, string | number | undefined> {
  const message = inspect(sealed);
  if (message.kind !== 'message') throw new Error(`Expected a message, not ${message.kind}.`);
  const [key] = message.encryptedDataKeys;
  return {
    'what it is': `Encryption SDK message, version ${message.version}, ${message.length} bytes`,
    suite: `${message.suite} ${message.suiteName}`,
    'message id': message.messageId,
    context: JSON.stringify(message.encryptionContext),
    'data key for': `${key?.providerId} ${key?.keyArn}`,
    'data key, wrapped': key && `${shorten(key.ciphertext)} (${key.blob?.kind}, ${key.blob?.length} bytes)`,
    'key commitment': message.commitment,
    'header tag': message.headerTag,
    frames: `${message.frameCount}, of up to ${message.frameLength} bytes; ${message.plaintextLength} bytes of plaintext`,
  };
}
