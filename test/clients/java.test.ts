/**
 * The AWS SDK for Java and the Encryption SDK for Java against the endpoint, unchanged. `SECURESTRING_JAVA_CLIENT`
 * names the folder that Maven built `java/` into.
 */

import { join } from 'node:path';
import { decrypt, encrypt, kmsKeyring } from '@securestring/core';
import type { TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientEnvironment, describeClient, run, startVerifyingEndpoint } from './foreign.ts';

let aws: TestEndpoint;
let keyArn: string;
beforeAll(async () => {
  aws = await startVerifyingEndpoint();
  keyArn = (await aws.keystore.createKey()).keyMetadata.arn;
});
afterAll(() => aws.close());

describeClient('SECURESTRING_JAVA_CLIENT', 'java', 'the AWS SDK for Java', (folder) => {
  const java = async (words: readonly string[], input: Uint8Array = new Uint8Array()) => {
    const path = [join(folder, 'classes'), join(folder, 'dependency/*')].join(':');
    const options = ['-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', '-Dstdout.encoding=UTF-8'];
    const ran = await run('java', [...options, '-cp', path, 'Clients', ...words], clientEnvironment(aws.env), input);
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    return ran.stdout;
  };

  it('works with keys, data keys, parameters, paginators and refusals', async () => {
    expect(JSON.parse((await java(['sdk'])).toString())).toEqual({
      created: true,
      opened: ['text', true],
      unbound: true,
      'data key': true,
      mac: true,
      rotation: 90,
      disabled: true,
      'not here': 'UnknownOperationException',
      keys: 4,
      'by path': Array.from({ length: 15 }, (_, i) => `v${i}`).join(' '),
      advanced: [2, 'Advanced'],
      none: true,
      described: 15,
      deleted: ['/java/none'],
      caller: 'arn:aws:iam::000000000000:root',
    });
  });

  const text = Buffer.from('§ a text of some length\n'.repeat(400));
  const encryptionContext = { tenant: 'größe' };

  it('makes messages that this engine opens', async () => {
    const keyring = kmsKeyring({ kms: aws.keystore, keyIds: [keyArn] });
    const { plaintext } = decrypt(await java(['encrypt', keyArn], text), { keyring, encryptionContext });
    expect(Buffer.from(plaintext).equals(text)).toBe(true);
  });

  it.each([0x0478, 0x0578] as const)('opens messages of this engine, of suite %s', async (suite) => {
    const keyring = kmsKeyring({ kms: aws.keystore, generatorKeyId: keyArn });
    const { message } = encrypt(text, { keyring, encryptionContext, suite });
    for (const key of [keyArn, 'discovery']) expect((await java(['decrypt', key], message)).equals(text)).toBe(true);
  });
});
