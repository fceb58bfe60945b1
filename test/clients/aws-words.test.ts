/**
 * `securestring aws` beside the aws command line: the same words over copies of one store, and the same output.
 * `SECURESTRING_AWSCLI` names the folder that pip installed the aws command line to.
 */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { awsEndpoint } from '@securestring/endpoint';
import { type EndpointServer, serve } from '@securestring/endpoint/node';
import { environmentOf } from '@securestring/endpoint/testing';
import { openKeystore } from '@securestring/keystore';
import { openParameterStore } from '@securestring/parameters';
import { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { here } from '../../packages/cli/test/here.ts';
import { clientEnvironment, describeClient, run } from './foreign.ts';

/** Neither a whole number of hours, nor the one of most machines that run tests. */
const TZ = 'Asia/Kolkata';
const before = process.env['TZ'];
const folder = mkdtempSync(join(tmpdir(), 'securestring-aws-words-'));
const [theirs, ours] = [join(folder, 'theirs'), join(folder, 'ours')];
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const driver = fileURLToPath(new URL('python/aws_lines.py', import.meta.url));

type Ran = readonly [code: number, out: string, err: string];

/** Lends what serves the store of the folder. */
async function withServer<Result>(store: string, use: (server: EndpointServer) => Promise<Result>): Promise<Result> {
  const rootKey = Buffer.from(readFileSync(join(store, 'root.key'), 'utf8'), 'base64');
  const storage = lmdbKeystoreStorage(join(store, 'data'));
  const keystore = await openKeystore({ storage, unlock: { rootKey }, diagnostics: true });
  const parameters = await openParameterStore({ keystore, storage: lmdbStorage(join(store, 'data')) });
  const server = await serve({ endpoint: awsEndpoint({ keystore, parameters }), port: 0 });
  try {
    return await use(server);
  } finally {
    await server.close();
    await parameters.close();
    await keystore.close();
    await storage.close();
  }
}

/** Runs command lines of the aws command line against the store that is theirs. */
function ranTheirs(path: string, lines: readonly (readonly string[])[]): Promise<readonly Ran[]> {
  return withServer(theirs, async ({ url }) => {
    const config = file('config', '[default]\ncli_timestamp_format = iso8601\n');
    const env = { ...clientEnvironment(environmentOf(url, { region: 'us-east-1' })), AWS_CONFIG_FILE: config };
    const python = { ...env, PYTHONPATH: path, PYTHONIOENCODING: 'utf-8', TZ };
    const { status, stdout, stderr } = await run('python3', [driver], python, JSON.stringify(lines));
    expect([status, stderr]).toEqual([0, '']);
    return JSON.parse(stdout.toString());
  });
}

async function ranOurs(lines: readonly (readonly string[])[]): Promise<readonly Ran[]> {
  const all: Ran[] = [];
  for (const words of lines) {
    const { code, out, err } = await here(['aws', ...words], { env: { SECURESTRING_HOME: ours, HOME: folder } });
    all.push([code, out, err]);
  }
  return all;
}

/** What is made at random or at a time: each is replaced by a text of the same length. */
function settled(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => 'U'.repeat(id.length))
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?(?=[+-])/g, 'TIME')
    .replaceAll(/[A-Za-z0-9+/]{60,}={0,2}/g, (bytes) => 'B'.repeat(bytes.length))
    .replaceAll(/A(?:IDA|ROA)[A-Z0-9]{17}/g, 'ID');
}

/** Version 1, which pip has, knows two exit codes: 2 of its parser, and 255. Version 2 has more. */
function codeOf(code: number, err: string): number {
  if (code === 0) return 0;
  if (code === 2 || /usage:|Parameter validation failed|Error parsing parameter|Bad value for --query/.test(err))
    return 252;
  return err.includes('An error occurred') ? 254 : 255;
}

/**
 * The lines of an error behind the usage, which names the program. Lists of all operations, and what the reader of
 * expressions says, differ.
 */
function errorOf(text: string): string {
  return text
    .slice(Math.max(0, text.search(/aws: error: |Unknown options: /)))
    .replace(/(valid choices are:).*/s, '$1')
    .replace(/(Bad value for --query a\[: ).*/s, '$1');
}

const line = (text: string) => text.split(' ');
/** Commands that read: each in every form. */
const READS = [
  line('ssm get-parameter --name /app/plain'),
  line('ssm get-parameter --name /app/secret --with-decryption'),
  line('ssm get-parameter --name /app/secret --no-with-decryption'),
  line('ssm get-parameter --name /app/secret:1 --with-decryption'),
  line('ssm get-parameter --name=/app/plain'),
  line('ssm get-parameters --names /app/plain /app/list /none --with-decryption'),
  line('ssm get-parameters-by-path --path /app --recursive --with-decryption'),
  line('ssm get-parameters-by-path --path /many --page-size 3'),
  line('ssm get-parameters-by-path --path /many --max-items 4'),
  line('ssm get-parameters-by-path --path /many --max-items 10'),
  line('ssm get-parameters-by-path --path /many --max-items 4 --page-size 3'),
  line('ssm get-parameters-by-path --path /many --no-paginate'),
  line('ssm get-parameters-by-path --path /many --max-results 2'),
  line('ssm get-parameters-by-path --path /none'),
  line('ssm describe-parameters'),
  line('ssm describe-parameters --parameter-filters Key=Name,Option=BeginsWith,Values=/app'),
  line('ssm describe-parameters --parameter-filters Key=Type,Values=StringList,SecureString'),
  line('ssm describe-parameters --parameter-filters Key=Type,Values=StringList Key=Name,Values=/app/list'),
  ['ssm', 'describe-parameters', '--parameter-filters', '[{"Key":"Name","Values":["/app/list"]}]'],
  line('ssm get-parameter-history --name /app/secret --with-decryption'),
  line('ssm list-tags-for-resource --resource-type Parameter --resource-id /app/plain'),
  line('ssm get-service-setting --setting-id /ssm/parameter-store/default-parameter-tier'),
  line('kms list-aliases'),
  line('kms list-keys'),
  line('kms list-keys --limit 1'),
  line('kms describe-key --key-id alias/app'),
  line('kms describe-key --key-id alias/mac'),
  line('kms list-resource-tags --key-id alias/app'),
  line('kms list-grants --key-id alias/app'),
  line('kms get-key-policy --key-id alias/app --policy-name default'),
  line('kms get-key-rotation-status --key-id alias/app'),
  line('kms list-key-rotations --key-id alias/app'),
  line('sts get-caller-identity'),
].flatMap((words) => ['json', 'text', 'table'].map((form) => [...words, '--output', form]));

/** Expressions, each in every form. */
const QUERIES = [
  'Parameters[].Name',
  'Parameters[].[Name,Type,Version]',
  'Parameters[*].{N:Name,T:Type}',
  'Parameters[?Type==`SecureString`].Name',
  "Parameters[?Type=='SecureString'].Name | [0]",
  "Parameters[?LastModifiedDate>'2000-01-01'].Name",
  'length(Parameters)',
  'sort_by(Parameters,&Name)[-1].Name',
  'Parameters[0]',
  'Parameters[0].Nothing',
  'Nothing',
  'Parameters[].Version',
  'to_string(Parameters[0].Version)',
  'Parameters[0].Version==`1`',
].flatMap((query) =>
  ['json', 'text', 'table'].map((form) => [
    ...line('ssm get-parameters-by-path --path /app --with-decryption --output'),
    form,
    '--query',
    query,
  ]),
);

/** Commands that change something, and refusals. */
const CHANGES = () => [
  // Before --cli-input-json: the driver remembers it of an operation.
  line('ssm put-parameter --name /x'),
  ['ssm', 'put-parameter', '--name', '/new/a', '--value', 'größe 日本', '--type', 'String', '--description', 'a b'],
  line(
    'ssm put-parameter --name /new/s --value v --type SecureString --key-id alias/app --tags Key=a,Value=b Key=c,Value=',
  ),
  ['ssm', 'put-parameter', '--name', '/new/f', '--type', 'String', '--value', `file://${file('value', 'of a file\n')}`],
  ['ssm', 'put-parameter', '--cli-input-json', '{"Name":"/new/j","Value":"1","Type":"String"}', '--value', '2'],
  line('ssm put-parameter --name /new/a --value w --overwrite'),
  line('ssm put-parameter --name /new/a --value w'),
  line('ssm put-parameter --name /new/a --value w --no-overwrite'),
  line('ssm get-parameters-by-path --path /new --with-decryption'),
  line('ssm label-parameter-version --name /new/a --labels prod 9bad --parameter-version 2'),
  line('ssm get-parameter --name /new/a:prod'),
  line('ssm unlabel-parameter-version --name /new/a --labels prod --parameter-version 2'),
  line('ssm add-tags-to-resource --resource-type Parameter --resource-id /new/a --tags Key=k,Value=v'),
  line('ssm remove-tags-from-resource --resource-type Parameter --resource-id /new/a --tag-keys k'),
  line('ssm delete-parameter --name /new/a'),
  line('ssm delete-parameters --names /new/s /new/none'),
  line('kms create-key --description text --tags TagKey=a,TagValue=b'),
  line('kms create-alias --alias-name alias/second --target-key-id alias/app'),
  line('kms delete-alias --alias-name alias/second'),
  ['kms', 'encrypt', '--key-id', 'alias/app', '--plaintext', `fileb://${file('plain', 'plain text')}`],
  [
    'kms',
    'encrypt',
    '--key-id',
    'alias/app',
    '--plaintext',
    `fileb://${join(folder, 'plain')}`,
    '--encryption-context',
    'a=b,c=d',
  ],
  ['kms', 'decrypt', '--ciphertext-blob', `fileb://${join(folder, 'ciphertext')}`],
  ['kms', 'decrypt', '--ciphertext-blob', `fileb://${join(folder, 'ciphertext')}`, '--encryption-context', '{"a":"c"}'],
  line('kms generate-data-key --key-id alias/app --number-of-bytes 64 --query KeyId'),
  line('kms generate-random --number-of-bytes 60'),
  [
    'kms',
    'create-grant',
    '--key-id',
    'alias/app',
    '--grantee-principal',
    'arn:aws:iam::000000000000:root',
    '--operations',
    'Decrypt',
    'Encrypt',
    '--constraints',
    'EncryptionContextSubset={a=b,c=d}',
    '--query',
    'length(GrantId)',
  ],
  line('kms enable-key-rotation --key-id alias/app --rotation-period-in-days 90'),
  line('kms disable-key --key-id alias/app'),
  ['kms', 'encrypt', '--key-id', 'alias/app', '--plaintext', `fileb://${join(folder, 'plain')}`],
  line('kms enable-key --key-id alias/app'),
  line('kms schedule-key-deletion --key-id alias/app --pending-window-in-days 7 --query KeyState'),
  line('ssm get-parameter --name /none'),
  line('ssm get-parameter --name /app/plain --query a['),
  line('ssm get-parameter'),
  line('ssm get-parameter --name /app/plain --nothing x y'),
  line('ssm get-parameter --name /app/plain more'),
  line('ssm get-parameter --name'),
  line('ssm get-parameter --name --with-decryption'),
  line('ssm nothing'),
  line('ssm put-parameter --name /x --value v --tags Key'),
  line('ssm put-parameter --name /x --value v --tags Key=a,Kind=b'),
  line('ssm put-parameter --name /x --value v --tags Key=a,Value=b,Key=c'),
  ['ssm', 'put-parameter', '--name', '/x', '--value', `file://${join(folder, 'none')}`],
  line('ssm get-parameters-by-path --path /many --max-items x'),
  line('ssm get-parameters-by-path --path /many --no-paginate --max-items 2'),
  line('ssm get-parameters-by-path --path /many --starting-token x'),
  line('kms generate-random --number-of-bytes x'),
  line('kms generate-random --number-of-bytes 5000'),
  line('kms describe-key --key-id alias/none'),
  line('kms encrypt --key-id alias/none --plaintext fileb:///nonexistent/x'),
  line('sts assume-role --role-arn arn:aws:iam::000000000000:role/x --role-session-name session'),
];

beforeAll(async () => {
  process.env['TZ'] = TZ;
  const inStore = async (...words: readonly string[]) => {
    const { code, err } = await here(words, { env: { SECURESTRING_HOME: theirs } });
    expect([words, code, err]).toEqual([words, 0, expect.any(String)]);
  };
  await inStore('init', '--generate-root-key');
  const aws = (...words: readonly string[]) => inStore('aws', ...words);
  const put = (name: string, type: string, ...words: readonly string[]) =>
    aws('ssm', 'put-parameter', '--name', name, '--type', type, ...words);
  await aws('kms', 'create-key', '--description', 'one', '--tags', 'TagKey=team,TagValue=a b');
  const { out: arn } = await here(
    line(
      'aws kms create-key --key-usage GENERATE_VERIFY_MAC --key-spec HMAC_256 --output text --query KeyMetadata.KeyId',
    ),
    { env: { SECURESTRING_HOME: theirs } },
  );
  const { out: keys } = await here(line('aws kms list-keys --output text --query Keys[].KeyId'), {
    env: { SECURESTRING_HOME: theirs },
  });
  const { out: own } = await here(line('aws kms list-aliases --output text --query Aliases[].TargetKeyId'), {
    env: { SECURESTRING_HOME: theirs },
  });
  const app =
    keys
      .trim()
      .split('\t')
      .find((id) => id !== arn.trim() && id !== own.trim()) ?? '';
  await aws('kms', 'create-alias', '--alias-name', 'alias/app', '--target-key-id', app);
  await aws('kms', 'create-alias', '--alias-name', 'alias/mac', '--target-key-id', arn.trim());
  await put('/app/plain', 'String', '--value', 'größe "a" ß 日本', '--tags', 'Key=team,Value=x', 'Key=a,Value=');
  await put('/app/secret', 'SecureString', '--value', 'one', '--description', 'the first');
  await put('/app/secret', 'SecureString', '--value', 'two\nlines\n', '--overwrite');
  await put('/app/list', 'StringList', '--value', 'a,b,c', '--allowed-pattern', '.*');
  await put('/app/deep/er', 'String', '--value', 'x'.repeat(100), '--tier', 'Advanced');
  for (let i = 10; i < 33; i++) await put(`/many/${i}`, 'String', '--value', String(i));
  const { out: sealed } = await here(
    [
      'aws',
      'kms',
      'encrypt',
      '--key-id',
      'alias/app',
      '--plaintext',
      'cGxhaW4=',
      '--output',
      'text',
      '--query',
      'CiphertextBlob',
    ],
    { env: { SECURESTRING_HOME: theirs } },
  );
  file('ciphertext', Buffer.from(sealed, 'base64'));
  cpSync(theirs, ours, { recursive: true });
}, 300_000);
afterAll(() => {
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
  rmSync(folder, { recursive: true, maxRetries: 10 });
});

describeClient('SECURESTRING_AWSCLI', 'clients', 'the aws command line’s words', (path) => {
  const compare = async (lines: readonly (readonly string[])[], of: (text: string) => string) => {
    const [expected, found] = [await ranTheirs(path, lines), await ranOurs(lines)];
    for (const [i, words] of lines.entries()) {
      const [code, out, err] = expected[i] ?? [0, '', ''];
      const [ourCode, ourOut, ourErr] = found[i] ?? [0, '', ''];
      expect
        .soft({ words, code: ourCode, out: of(ourOut), err: errorOf(ourErr) }, words.join(' '))
        .toEqual({ words, code: codeOf(code, err), out: of(out), err: errorOf(err) });
    }
  };

  it('print the same of what is there, to the byte', () => compare(READS, (text) => text), 600_000);

  it('print the same of what a query finds', () => compare(QUERIES, (text) => text), 600_000);

  it('change the same, and refuse the same in the same words', () => compare(CHANGES(), settled), 600_000);
});
