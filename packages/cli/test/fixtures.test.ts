/**
 * `serve --fixtures` and `fixtures export`: what the file holds is served, and a mistake is reported by its line.
 */

import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
beforeAll(async () => {
  expect((await hereIn(store, 'init', '--generate-root-key')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Asks the server for a parameter's value, and succeeds if it is the expected one. */
const ASKS = `
const [name, expected] = process.argv.slice(1);
const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/' + process.env.AWS_REGION +
  '/ssm/aws4_request, SignedHeaders=host, Signature=0';
const headers = { authorization, 'x-amz-target': 'AmazonSSM.GetParameter', 'content-type': 'application/x-amz-json-1.1' };
const body = JSON.stringify({ Name: name, WithDecryption: true });
const answer = await (await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers, body })).json();
process.exit(answer.Parameter?.Value === expected ? 0 : 9);`;

const serving = (file: string, stdin = '', command: readonly string[] = ['true']) =>
  here(['serve', '--memory', '--no-auth', '--port', '0', '--fixtures', file, '--', ...command], {
    stdin,
    env: { PATH: process.env['PATH'] },
  });
const asking = (file: string, stdin: string, name: string, value: string) =>
  serving(file, stdin, [process.execPath, '--input-type=module', '-e', ASKS, name, value]);

const YAML = `# The beginning of every test.
stores:
  - accountId: "111122223333"
    region: eu-central-1
    keys:
      - keyId: 11111111-2222-4333-8444-555555555555
        aliases: [alias/app]
    parameters:
      - name: /app/password
        keyId: alias/app
        versions:
          - value: first
            labels: [old]
          - value: s3cret
`;

describe('serve --fixtures', () => {
  it('reads YAML', async () => {
    expect(await asking('-', YAML, '/app/password', 's3cret')).toMatchObject({ code: 0 });
    expect(await asking('-', YAML, '/app/password:old', 'first')).toMatchObject({ code: 0 });
    expect(await asking('-', YAML, '/app/password', 'first')).toMatchObject({ code: 9 });
  });

  it('reads JSON with tabs, line ends of Windows and characters beyond the first plane', async () => {
    const text =
      '{\r\n\t"stores": [{\r\n\t\t"parameters": [{ "name": "\\/a", "value": "\\ud83d\\ude00\\u00a7" }]\r\n\t}]\r\n}';
    expect(await asking('-', text, '/a', '😀§')).toMatchObject({ code: 0 });
  });

  const replaced = (before: string, after: string) => {
    expect(YAML).toContain(before);
    return YAML.replace(before, after);
  };
  it.each([
    ['what is not YAML', replaced('region: eu', 'region: [eu'), 5, 'this is not JSON or YAML.'],
    ['a name twice', replaced('region: eu-central-1', 'accountId: "1"'), 4, 'this name is there twice.'],
    ['a second document', `${YAML}---\nstores: []\n`, 15, 'a second document begins here'],
    ['a tag', replaced('value: first', 'value: !!js/function first'), 12, 'tags of YAML'],
    ['an account without quotes', replaced('"111122223333"', '111122223333'), 3, 'must be 12 digits in quotes'],
    ['an unknown member', replaced('aliases:', 'alias:'), 7, 'stores[0].keys[0] knows no "alias"'],
    ['a key id of another form', replaced('11111111-', 'x'), 6, 'stores[0].keys[0]: keyId must be a UUID'],
    ['an alias of another form', replaced('alias/app]', 'app]'), 6, 'stores[0].keys[0]: '],
    ['a value that is a number', replaced('value: s3cret', 'value: 7'), 14, 'versions[1].value must be a string'],
    ['a label that AWS refuses', replaced('[old]', '[aws-old]'), 12, 'stores[0].parameters[0].versions[0]: '],
    ['a key that is not there', replaced('keyId: alias/app\n', 'keyId: alias/none\n'), 12, 'alias/none'],
  ])('reports %s by file and line, and begins nothing', async (_, text, line, message) => {
    const file = join(folder, 'fixtures.yaml');
    writeFileSync(file, text);
    const { code, out, err } = await serving(file);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`error: ${file}: line ${line}: `);
    expect(err).toContain(message);
    expect(err).toMatch(/\. No fixtures were loaded\.\n$/);
    expect(err).not.toContain('s3cret');
  });

  it('ends at aliases that grow without end', async () => {
    const levels = Array.from({ length: 12 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(9)}]`);
    const { code, err } = await serving('-', `a0: &a0 x\n${levels.join('\n')}\nstores: []\n`);
    expect([code, err]).toEqual([1, expect.stringContaining('too many aliases')]);
  });

  it('is for a store in memory', async () => {
    expect(await hereIn(store, 'serve', '--fixtures', 'x')).toMatchObject({ code: 2 });
    expect(await serving(join(folder, 'none.yaml'))).toMatchObject({ code: 3 });
  });
});

describe('fixtures export', () => {
  const file = join(folder, 'exported.json');
  const put = (name: string, value: string) =>
    here(['put', name, '--type', 'SecureString'], { stdin: value, env: { SECURESTRING_HOME: store } });

  it('writes what serve reads, with secrets if they are asked for', async () => {
    expect((await put('/app/password', 's3cret')).code).toBe(0);
    const { out } = await hereIn(store, 'fixtures', 'export');
    expect(out).not.toContain('s3cret');
    expect(JSON.parse(out)).toMatchObject({ stores: [{ parameters: [{ name: '/app/password' }] }] });
    expect(await hereIn(store, 'fixtures', 'export', '--with-secrets', '--output', file)).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('s3cret');
    expect(await asking(file, '', '/app/password', 's3cret')).toMatchObject({ code: 0 });
    expect(await hereIn(store, 'fixtures', 'export', '--output', file)).toMatchObject({ code: 1 });
  });
});
