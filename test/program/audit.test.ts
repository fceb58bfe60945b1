/** `serve --audit-log`, and the answers of `audit` from its log, through the built program and a real client. */

import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { DescribeParametersCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, runBuilt, startBuilt } from '../../packages/cli/test/built.ts';
import { makeFolder } from '../../packages/cli/test/stores.ts';

const folder = makeFolder();
const env = { ...process.env, SECURESTRING_HOME: join(folder, 'store'), NO_COLOR: '1' };
const log = join(folder, 'store', 'audit.jsonl');
const PRICES = new URL('../../packages/cli/prices.json', import.meta.url);
const run = (...words: string[]) => runBuilt(words, { env });

beforeAll(async () => {
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serving(...words: string[]) {
  const child = startBuilt(['serve', '--json', '--port', '0', '--no-auth', '--audit-log', log, ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = ended(child);
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout !== null) createInterface(child.stdout).once('line', resolve);
    end.then(({ err }) => reject(new Error(err)), reject);
  });
  const { url: endpoint } = JSON.parse(line) as { readonly url: string };
  const credentials = { accessKeyId: 'AKIAAUDIT', secretAccessKey: 'x' };
  const options = { region: 'us-east-1', endpoint, credentials, maxAttempts: 1 };
  return {
    endpoint,
    ssm: new SSMClient(options),
    kms: new KMSClient(options),
    stop: () => {
      child.kill('SIGTERM');
      return end;
    },
  };
}

const names = (text = readFileSync(log, 'utf8')) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly eventName: string }).eventName);

describe('a server with a log', () => {
  beforeAll(async () => {
    const { ssm, kms, endpoint, stop } = await serving();
    await ssm.send(new PutParameterCommand({ Name: '/app/db/password', Value: 's3cret', Type: 'SecureString' }));
    await ssm.send(new GetParameterCommand({ Name: '/app/db/password', WithDecryption: true }));
    await ssm.send(new GetParameterCommand({ Name: '/none' })).catch(() => undefined);
    await ssm.send(new DescribeParametersCommand({ MaxResults: 500 })).catch(() => undefined);
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: 'alias/aws/ssm', Plaintext: Buffer.from('s3cret') }),
    );
    await kms
      .send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: '\u001b[31m' } }))
      .catch(() => undefined);
    // The endpoint refuses this one by itself: it leaves no record, as on CloudTrail.
    await fetch(endpoint, { method: 'POST', headers: { 'x-amz-target': 'AmazonSSM.GetParameter' }, body: '{}' });
    expect(await stop()).toMatchObject({ code: 0, err: '' });
  }, 60_000);

  it('has exactly one line for each of AWS`s events, and no secret', () => {
    expect(names()).toEqual([
      'Encrypt',
      'PutParameter',
      'Decrypt',
      'GetParameter',
      'DescribeParameters',
      'Encrypt',
      'Decrypt',
    ]);
    expect(readFileSync(log, 'utf8')).not.toContain('s3cret');
  });

  it('answers who read a parameter', async () => {
    const { code, out, err } = await run('audit', '--resource', '/app/db/password', '--since', '2h');
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, -1)).toEqual([
      expect.stringMatching(/^\S+Z +root\S*.* Encrypt .* for \/app\/db\/password .* ok$/),
      expect.stringMatching(/PutParameter +\/app\/db\/password .* ok$/),
      expect.stringMatching(/Decrypt .* for \/app\/db\/password .* ok$/),
      expect.stringMatching(/GetParameter +\/app\/db\/password .* ok$/),
    ]);
    expect(err).toContain('4 of 7 records.');
  });

  it('answers what was refused, as JSON too, and nothing of a stranger reaches a terminal raw', async () => {
    const { out } = await run('audit', '--refused');
    expect(out.split('\n').slice(0, -1)).toEqual([
      expect.stringContaining('ValidationException'),
      expect.stringContaining('InvalidCiphertextException'),
    ]);
    const { out: json } = await run('audit', '--refused', '--event', 'Decrypt', '--json');
    expect(JSON.parse(json)).toMatchObject({ eventName: 'Decrypt', responseElements: null });
    for (const text of [out, json]) expect(text).not.toContain('\u001b');
  });

  it('answers what a caller did', async () => {
    expect((await run('audit', '--principal', 'root', '--json')).out.split('\n')).toHaveLength(8);
    expect((await run('audit', '--principal', 'deploy')).out).toBe('');
  });

  it('refuses a time that is not one, and a log that is not there', async () => {
    expect(await run('audit', '--since', 'soon')).toMatchObject({ code: 2, err: expect.stringContaining('"soon"') });
    expect(await run('audit', '--log', join(folder, 'none'))).toMatchObject({ code: 3 });
  });

  it('verifies, until a line is altered, dropped or moved', async () => {
    expect(await run('audit', 'verify')).toMatchObject({
      code: 0,
      out: '7 records in 1 file, as they were written.\n',
    });
    const bytes = readFileSync(log);
    const lines = bytes.toString().split('\n').slice(0, -1);
    const [a = '', b = '', ...rest] = lines;
    for (const [changed, line] of [
      [lines.with(2, lines[2]?.replace('Decrypt', 'Encrypt') ?? ''), 3],
      [[a, ...rest], 2],
      [[b, a, ...rest], 1],
      [lines.slice(0, -1), 7],
    ] as const) {
      writeFileSync(log, changed.map((each) => `${each}\n`).join(''));
      const { code, out } = await run('audit', 'verify');
      expect({ code, out }).toEqual({ code: 5, out: expect.stringMatching(new RegExp(`line ${line}\\b`, 'i')) });
    }
    const { out } = await run('audit', 'verify', '--without-key');
    expect(out).toContain('missing at the end are not found');
    writeFileSync(log, bytes);
  });

  it('shows what AWS would charge, with the arithmetic', async () => {
    const { code, out } = await run('usage');
    expect(code).toBe(0);
    expect(out).toMatch(/^ +2 {2}kms\.amazonaws\.com Decrypt$/m);
    expect(out).toMatch(/^ {2}KMS requests, \d{4}-\d\d +\(4 - 4 free\) x 0\.03 \/ 10000 = 0\.00$/m);
    expect(out).toMatch(/^ {2}keys of AWS, such as alias\/aws\/ssm +1 x 0\.00 = 0\.00$/m);
    expect(out).toMatch(/^ {2}standard parameters +1 x 0\.00 = 0\.00$/m);
    const list = join(folder, 'mine.json');
    const own = { price: '1.00', per: 1 };
    writeFileSync(list, JSON.stringify({ ...JSON.parse(readFileSync(PRICES, 'utf8')), kmsRequests: own }));
    const { out: json } = await run('usage', '--without-store', '--prices', list, '--json');
    expect(JSON.parse(json)).toMatchObject({ requests: [{ how: '4 x 1.00 / 1 = 4.00', amount: '4.00' }, {}, {}] });
    writeFileSync(list, '{"date":""}');
    expect(await run('usage', '--prices', list)).toMatchObject({ code: 1, err: expect.stringContaining('date must') });
  });

  it('goes on in the next run, and refuses to go on in a log that was changed', async () => {
    const first = await serving();
    await first.ssm.send(new DescribeParametersCommand({}));
    expect((await first.stop()).code).toBe(0);
    expect(names()).toHaveLength(8);
    expect(await run('audit', 'verify')).toMatchObject({ code: 0 });
    const bytes = readFileSync(log);
    writeFileSync(log, bytes.toString().replace('PutParameter', 'GetParameter'));
    await expect(serving()).rejects.toThrow(/Line 2 of .* is not as it was written/);
    writeFileSync(log, bytes);
  });
});

describe('a log that cannot be written', () => {
  it('fails the call, and with --audit-best-effort does not', async () => {
    const strict = await serving();
    appendFileSync(log, 'x');
    await expect(strict.ssm.send(new DescribeParametersCommand({}))).rejects.toThrow(/may have taken effect/);
    await strict.stop();
    const lenient = await serving('--audit-best-effort');
    renameSync(log, `${log}.away`);
    await lenient.ssm.send(new DescribeParametersCommand({}));
    renameSync(`${log}.away`, log);
    await lenient.ssm.send(new DescribeParametersCommand({}));
    expect((await lenient.stop()).err).toContain('records are lost');
    expect(names().slice(-3)).toEqual(['AuditLogRepaired', 'AuditRecordsLost', 'DescribeParameters']);
    expect(await run('audit', 'verify')).toMatchObject({ code: 0, out: expect.stringContaining('"records":1') });
  });

  it('names the root and its address, of a store in memory too, and goes on after a reset', async () => {
    const other = join(folder, 'memory.jsonl');
    const { ssm, stop, endpoint } = await serving('--memory', '--audit-log', other);
    await ssm.send(new PutParameterCommand({ Name: '/a', Value: 'v', Type: 'SecureString' }));
    await fetch(`${endpoint}/_securestring/reset`, { method: 'POST' });
    await ssm.send(new DescribeParametersCommand({}));
    await stop();
    const text = readFileSync(other, 'utf8');
    expect(names(text)).toEqual(['Encrypt', 'PutParameter', 'DescribeParameters']);
    const [encrypt = '', put = ''] = text.split('\n');
    expect(JSON.parse(put)).toMatchObject({
      userIdentity: { type: 'Root', accessKeyId: 'AKIAAUDIT' },
      sourceIPAddress: '127.0.0.1',
      userAgent: expect.stringContaining('aws-sdk-js'),
    });
    expect(JSON.parse(encrypt)).toMatchObject({
      userIdentity: { type: 'Root', invokedBy: 'ssm.amazonaws.com' },
      sourceIPAddress: 'ssm.amazonaws.com',
    });
  });

  it('has a best effort only where there is a log', async () => {
    expect(await run('serve', '--audit-best-effort')).toMatchObject({ code: 2 });
  });
});
