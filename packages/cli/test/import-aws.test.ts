/**
 * `import --from-aws-json`: the parameters of an account on AWS, all or none.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sealParameter } from '@securestring/core';
import { arnOf, testKeystore } from '@securestring/test-support/keystores';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const importing = (stdin: unknown, ...words: readonly string[]) =>
  here(['import', '--from-aws-json', '-', ...words], {
    stdin: typeof stdin === 'string' ? stdin : JSON.stringify(stdin),
    env: { SECURESTRING_HOME: store },
  });
const parameter = (name: string, more: object = {}) => ({
  Name: name,
  Type: 'SecureString',
  Value: 's3cret',
  Version: 7,
  LastModifiedDate: '2025-03-01T09:30:00.123000+01:00',
  ARN: `arn:aws:ssm:eu-west-1:111122223333:parameter${name}`,
  DataType: 'text',
  ...more,
});
const kms = await testKeystore();
const sealedIn = (tier: 'Standard' | 'Advanced') => sealParameter({ arn: arnOf('x'), value: 'v', tier, kms }).value;
/** A key blob in the version that AWS writes. */
const fromAwsKms = (): string => {
  const blob = Buffer.from(sealedIn('Standard'), 'base64');
  blob[2] = 0x02;
  return blob.toString('base64');
};

beforeAll(async () => {
  expect((await hereIn(store, 'init', '--generate-root-key')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('import of what AWS prints', () => {
  it('keeps names, types and values', async () => {
    const Parameters = [
      parameter('/a/one'),
      parameter('/a/two', { Type: 'String', Value: ' § ' }),
      parameter('/a/list', { Type: 'StringList', Value: 'x,y' }),
    ];
    expect((await importing({ Parameters }, '--key-id', 'alias/aws/ssm')).code).toBe(0);
    for (const { Name, Type, Value } of Parameters) {
      const { out } = await hereIn(store, 'get', Name, '--with-decryption', '--json');
      expect(JSON.parse(out)).toMatchObject({ Parameter: { Name, Type, Value, Version: 1 } });
    }
  });

  it('shows what it would do in a dry run', async () => {
    expect((await importing({ Parameters: [parameter('/b/one')] }, '--dry-run')).out).toBe(
      'NAME    VERSION  TIER      OUTCOME\n/b/one  1        Standard  new\n',
    );
  });

  it('warns of a value that only looks like a ciphertext', async () => {
    const { code, err } = await importing({ Parameters: [parameter('/c/odd', { Value: 'AQICAHnothing' })] });
    expect([code, err]).toEqual([0, expect.stringMatching(/^warning: imported as they are.*\/c\/odd/)]);
  });

  it.each([
    ['not JSON', 'Parameters', 'is not JSON'],
    ['another document', { '/a': 'b' }, 'it has no Parameters'],
    ['a list', [parameter('/z/a')], 'it has no Parameters'],
    ['a part of a list', { Parameters: [parameter('/z/a')], NextToken: 'x' }, 'has a NextToken'],
    ['nothing', { Parameters: [] }, 'has no parameters in it'],
    ['no name', { Parameters: [parameter('/z/a'), { Value: 'x' }] }, 'Parameter 2 of Standard input must have a Name'],
    ['no value', { Parameters: [parameter('/z/a', { Value: 7 })] }, '(/z/a) must have a Value'],
    ['another type', { Parameters: [parameter('/z/a', { Type: 'Secret' })] }, '(/z/a) must have a Type'],
    ['another data type', { Parameters: [parameter('/z/a', { DataType: 'x' })] }, 'has a DataType'],
    ['a blob', { Parameters: [parameter('/z/a', { Value: fromAwsKms() })] }, '/z/a: encrypted by AWS'],
    ['a message', { Parameters: [parameter('/z/a', { Value: sealedIn('Advanced') })] }, '/z/a: encrypted by AWS'],
    ['a name that AWS reserves', { Parameters: [parameter('/z/a'), parameter('/aws/b')] }, '/aws/b: '],
    ['a name twice', { Parameters: [parameter('/z/a'), parameter('/z/a')] }, 'twice'],
  ])('refuses %s, and imports nothing', async (_, given, message) => {
    const { code, out, err } = await importing(given);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(message);
    expect(err).toMatch(/Nothing was imported\.\n$|is not JSON\.\n$/);
    expect(err).not.toContain('s3cret');
    expect((await hereIn(store, 'list')).out).not.toContain('/z/');
  });

  it.each([['/path'], ['--type', 'String'], ['--format', 'json'], ['--lower-case']])(
    'is whole without %s',
    async (...words) => {
      expect(await importing({ Parameters: [parameter('/z/a')] }, ...words)).toMatchObject({ code: 2, out: '' });
    },
  );

  it('is the only way without a file and a path', async () => {
    expect(await hereIn(store, 'import', '.env')).toMatchObject({ code: 2, out: '' });
  });
});
