/** `serve --memory --seed --fixtures`: the same file gives the same ids and the same ciphertexts, everywhere. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runBuilt } from '../../packages/cli/test/built.ts';
import { makeFolder } from '../../packages/cli/test/stores.ts';

const folder = makeFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GOLDEN = join(import.meta.dirname, 'fixtures');
const ACCOUNTS = ['111122223333', '444455556666'];

/** Prints every key, alias and version of a parameter that the accounts have, ciphertexts as they are. */
const PRINTS = `
const call = async (account, region, target, request) => {
  const scope = target.startsWith('AmazonSSM') ? 'ssm' : 'kms';
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + account + '/20260101/' + region + '/' + scope +
    '/aws4_request, SignedHeaders=host, Signature=0';
  const headers = { authorization, 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
  const body = JSON.stringify(request);
  return (await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers, body })).json();
};
const seen = {};
for (const place of process.argv.slice(1)) {
  const [account, region] = place.split('/');
  const [kms, ssm] = ['TrentService', 'AmazonSSM'].map((service) => (name, request) =>
    call(account, region, service + '.' + name, request));
  const { Keys } = await kms('ListKeys', {});
  const keys = await Promise.all(Keys.map(({ KeyId }) => kms('DescribeKey', { KeyId })));
  const { Aliases } = await kms('ListAliases', {});
  const { Parameters } = await ssm('DescribeParameters', {});
  const histories = await Promise.all(Parameters.map(({ Name }) => ssm('GetParameterHistory', { Name })));
  const sealed = await kms('Encrypt', { KeyId: 'alias/aws/ssm', Plaintext: 'c2VjcmV0' });
  seen[place] = {
    keys: keys.map(({ KeyMetadata: { KeyId, Origin, KeyState, CurrentKeyMaterialId } }) =>
      [KeyId, Origin, KeyState, CurrentKeyMaterialId]),
    aliases: Aliases.map(({ AliasName, TargetKeyId }) => [AliasName, TargetKeyId]),
    parameters: histories.flatMap(({ Parameters }) => Parameters.map(({ Name, Version, Value, Labels, KeyId, Tier }) =>
      [Name, Version, Labels, KeyId, Tier, Value])),
    sealed: sealed.CiphertextBlob,
  };
}
console.log(JSON.stringify(seen, undefined, 2));`;

async function printed(seed: string): Promise<string> {
  const file = join(GOLDEN, 'stores.yaml');
  const places = [`${ACCOUNTS[0]}/eu-central-1`, `${ACCOUNTS[1]}/cn-north-1`];
  const words = ['serve', '--memory', '--no-auth', '--auto-create', '--port', '0', '--seed', seed, '--fixtures', file];
  const program = [process.execPath, '--input-type=module', '-e', PRINTS, ...places];
  const { out, err } = await runBuilt([...words, '--', ...program], {
    env: { ...process.env, SECURESTRING_HOME: folder, NODE_NO_WARNINGS: '1', LC_ALL: 'C', TZ: 'Pacific/Kiritimati' },
  });
  return err + out;
}

it('the same file and seed give the bytes that they always gave', async () => {
  const first = await printed('fixtures of İstanbul');
  await expect(first).toMatchFileSnapshot(join(GOLDEN, 'answers.txt'));
  expect(await printed('fixtures of İstanbul')).toBe(first);
});

it('another seed gives others, but for given ids and material', async () => {
  const [one, other] = [JSON.parse(await printed('one')), JSON.parse(await printed('two'))];
  const [mine, theirs] = [one, other].map((seen) => seen[`${ACCOUNTS[0]}/eu-central-1`]);
  const given = (keys: readonly (readonly string[])[]) => keys.filter(([keyId]) => keyId?.startsWith('11111111'));
  expect(given(mine.keys)).toEqual(given(theirs.keys));
  expect(mine.keys).not.toEqual(theirs.keys);
  expect(mine.parameters).not.toEqual(theirs.parameters);
});
