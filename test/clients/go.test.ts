/**
 * The AWS SDK for Go, what chamber asks of it, and sops, against the endpoint, unchanged. `SECURESTRING_GO_CLIENT`
 * names the program that `go build` makes of `go/`, `SECURESTRING_SOPS` that of sops.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientEnvironment, describeClient, run, startVerifyingEndpoint } from './foreign.ts';

/** On a busy machine the SDK may close a connection before it has read the end of an answer that it needs no more. */
const DISCARDED = /^SDK .* WARN failed to discard remaining HTTP response body, .*\n/gm;

const folder = mkdtempSync(join(tmpdir(), 'securestring-go-'));
let aws: TestEndpoint;
beforeAll(async () => {
  aws = await startVerifyingEndpoint();
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

describeClient('SECURESTRING_GO_CLIENT', 'go', 'the AWS SDK for Go', (program) => {
  it('works with keys, data keys, parameters, paginators and refusals, and as chamber does', async () => {
    const { status, stdout, stderr } = await run(program, [], clientEnvironment(aws.env));
    expect([status, stderr.replace(DISCARDED, '')]).toEqual([0, '']);
    expect(JSON.parse(stdout.toString())).toEqual({
      created: true,
      opened: ['\x00text', true],
      unbound: true,
      'data key': true,
      moved: '\x00text',
      'wrong key': 'IncorrectKeyException',
      mac: true,
      rotation: 90,
      policy: true,
      disabled: true,
      'too long': [
        'ValidationException',
        "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
      ],
      'not here': ['UnknownOperationException', 'This endpoint has no operation TrentService.DescribeCustomKeyStores.'],
      keys: 4,
      deletion: 'PendingDeletion',
      'by path': Array.from({ length: 25 }, (_, i) => `v${i}`).join(' '),
      advanced: [2, 'Advanced'],
      exists: true,
      none: true,
      labelled: ':prod',
      described: 25,
      deleted: [['/go/p01'], ['/go/none']],
      'chamber config': ['/_chamber/store-config'],
      'chamber list': ['/svc/key', 2, '2', 'arn:aws:iam::000000000000:root', true],
      'chamber services': 1,
      'chamber export': 'two',
      'chamber history': [
        [1, 'arn:aws:iam::000000000000:root'],
        [2, 'arn:aws:iam::000000000000:root'],
      ],
      'chamber tags': 'v',
      caller: 'arn:aws:iam::000000000000:root',
    });
  });
});

describeClient('SECURESTRING_SOPS', 'go', 'sops', (program) => {
  const sops = async (...words: string[]) => {
    const { status, stdout, stderr } = await run(program, words, clientEnvironment(aws.env));
    expect([status, stderr]).toEqual([0, '']);
    return stdout.toString();
  };

  describe.each([
    ['yaml', 'password: s3cret\nlist:\n    - größe\n'],
    ['json', '{\n\t"password": "s3cret"\n}'],
    ['env', 'PASSWORD=s3cret\n'],
  ])('a file of %s', (type, text) => {
    it('is encrypted, decrypted and rotated', async () => {
      const { arn } = (await aws.keystore.createKey()).keyMetadata;
      const [plain, sealed] = [join(folder, `plain.${type}`), join(folder, `sealed.${type}`)];
      writeFileSync(plain, text);
      const encrypted = await sops('encrypt', '--kms', arn, '--encryption-context', 'app:one', plain);
      expect(encrypted).not.toContain('s3cret');
      writeFileSync(sealed, encrypted);
      expect((await sops('decrypt', sealed)).trim()).toBe(text.trim());
      await sops('rotate', '--in-place', sealed);
      expect(readFileSync(sealed, 'utf8')).not.toBe(encrypted);
      expect((await sops('decrypt', sealed)).trim()).toBe(text.trim());
      await aws.keystore.disableKey({ keyId: arn });
      const { status } = await run(program, ['decrypt', sealed], clientEnvironment(aws.env));
      expect(status).not.toBe(0);
    });
  });
});
