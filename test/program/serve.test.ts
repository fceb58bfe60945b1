/** `securestring serve`: real clients on a store on the disk and in memory, who may call, and how it ends. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describeWithProgram } from '@securestring/test-support/required';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, ended, runBuilt, startBuilt } from '../../packages/cli/test/built.ts';
import { makeFolder } from '../../packages/cli/test/stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const env = { ...process.env, SECURESTRING_HOME: store };
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

beforeAll(async () => {
  expect(await runBuilt(['init', '--generate-root-key'], { env })).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server of the built program, and its end. */
interface Serving {
  readonly url: string;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

async function serving(...words: string[]): Promise<Serving> {
  const child = startBuilt(['serve', '--json', '--port', '0', ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = ended(child);
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout !== null) createInterface(child.stdout).once('line', resolve);
    end.then(({ err }) => reject(new Error(err)), reject);
  });
  const { url } = JSON.parse(line);
  return {
    url,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return end;
    },
  };
}

const ssmAt = (endpoint: string, keys = credentials) =>
  new SSMClient({ region: 'us-east-1', endpoint, credentials: keys, maxAttempts: 1 });
const get = (Name: string) => new GetParameterCommand({ Name, WithDecryption: true });
const put = (Name: string, Value: string) =>
  new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true });

describe('a store on the disk', () => {
  it('is served to an access key that was made for it, until that is deleted', async () => {
    const made = await runBuilt(['access-key', 'create', '--description', 'ci', '--json'], { env });
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = JSON.parse(made.out);
    const server = await serving();
    const ssm = ssmAt(server.url, { accessKeyId, secretAccessKey });
    await ssm.send(put('/app/key', 's3cret'));
    expect((await ssm.send(get('/app/key'))).Parameter?.Value).toBe('s3cret');
    expect(await runBuilt(['get', '/app/key', '-d'], { env })).toMatchObject({ code: 0, out: 's3cret' });
    const wrong = ssmAt(server.url, { accessKeyId, secretAccessKey: `${secretAccessKey.slice(1)}a` });
    await expect(wrong.send(get('/app/key'))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    await expect(ssmAt(server.url).send(get('/app/key'))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    expect(await runBuilt(['access-key', 'delete', accessKeyId], { env })).toMatchObject({ code: 0 });
    await expect
      .poll(() => ssm.send(get('/app/key')).catch(({ name }) => name), { timeout: 60_000 })
      .toBe('UnrecognizedClientException');
    expect(await server.stop()).toMatchObject({ code: 0, err: '' });
  });

  it('keeps what was acknowledged before the server was killed', async () => {
    const first = await serving('--no-auth');
    const stored: string[] = [];
    const writing = Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await ssmAt(first.url)
          .send(put(`/killed/${i}`, `v${i}`))
          .then(
            () => stored.push(`/killed/${i}`),
            () => undefined,
          );
        if (i === 20) await first.stop('SIGKILL');
      }),
    );
    await writing;
    expect(stored.length).toBeGreaterThan(0);
    const second = await serving('--no-auth');
    for (const name of stored) {
      expect((await ssmAt(second.url).send(get(name))).Parameter?.Value).toBe(name.replace('/killed/', 'v'));
    }
    expect(await second.stop('SIGINT')).toMatchObject({ code: 0 });
  });

  it('hands a program an access key of its own, and ends with it', async () => {
    const script = `
      const { SSMClient, GetParameterCommand } = require('@aws-sdk/client-ssm');
      new SSMClient({ maxAttempts: 1 }).send(new GetParameterCommand({ Name: '/app/key', WithDecryption: true }))
        .then(({ Parameter }) => { console.log(Parameter.Value, process.env.AWS_ACCESS_KEY_ID.length); process.exit(7); });`;
    const words = ['serve', '--port', '0', '--', process.execPath, '-e', script];
    const { code, out } = await runBuilt(words, { env, cwd: import.meta.dirname });
    expect([code, out]).toEqual([7, 's3cret 20\n']);
  });
});

describe('a store in memory', () => {
  it('has the access key test, a clock to move, and faults on order', async () => {
    const server = await serving('--memory', '--seed', 's', '--clock', '2026-06-01T00:00:00Z');
    const ssm = ssmAt(server.url);
    await ssm.send(put('/a', 'x'));
    const { Parameter } = await ssm.send(get('/a'));
    expect([Parameter?.Value, Parameter?.LastModifiedDate]).toEqual(['x', new Date('2026-06-01T00:00:00Z')]);
    const { Arn } = await new STSClient({ region: 'us-east-1', endpoint: server.url, credentials }).send(
      new GetCallerIdentityCommand({}),
    );
    expect(Arn).toBe('arn:aws:iam::000000000000:root');
    const control = async (path: string, body: object, type = 'application/json') => {
      const headers = { 'content-type': type };
      const answer = await fetch(`${server.url}/_securestring/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return [answer.status, await answer.json()];
    };
    expect(await control('clock', { at: '2027-06-01T00:00:00Z' })).toEqual([
      200,
      { clock: '2027-06-01T00:00:00.000Z' },
    ]);
    expect(await control('clock', { advance: 500 })).toEqual([200, { clock: '2027-06-01T00:00:00.500Z' }]);
    expect(await control('clock', { at: '2020-01-01' })).toEqual([
      400,
      { message: expect.stringContaining('goes forward') },
    ]);
    expect(await control('clock', { advance: 500 }, 'text/plain')).toEqual([405, expect.anything()]);
    expect(await control('nothing', {})).toEqual([404, expect.anything()]);
    expect(await control('faults', { eror: 'x' })).toEqual([400, expect.anything()]);
    await control('faults', { error: 'ThrottlingException', message: 'Rate exceeded' });
    await expect(ssm.send(get('/a'))).rejects.toMatchObject({ name: 'ThrottlingException' });
    await control('reset', {});
    await expect(ssm.send(get('/a'))).rejects.toMatchObject({ name: 'ParameterNotFound' });
    expect(await server.stop()).toMatchObject({ code: 0, err: '' });
  });

  it('is the same on every run of a seed, and another one without', async () => {
    const sealed = async (...words: string[]) => {
      const server = await serving('--memory', ...words);
      const kms = new KMSClient({ region: 'us-east-1', endpoint: server.url, credentials });
      const { CiphertextBlob } = await kms.send(
        new EncryptCommand({ KeyId: 'alias/aws/ssm', Plaintext: Buffer.from('x') }),
      );
      await server.stop();
      return Buffer.from(CiphertextBlob ?? []).toString('hex');
    };
    const [one, two, other] = [await sealed('--seed', 's'), await sealed('--seed', 's'), await sealed()];
    expect(one).toBe(two);
    expect(one).not.toBe(other);
  });

  it('warns that a policy does not limit the root', async () => {
    const server = await serving('--memory');
    const kms = new KMSClient({ region: 'us-east-1', endpoint: server.url, credentials });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const { Policy: standard } = await kms.send(new GetKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId }));
    await kms.send(new PutKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId, Policy: standard }));
    const Statement = { Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'kms:*', Resource: '*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await kms.send(new CreateKeyCommand({ Policy }));
    await kms.send(new PutKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId, Policy }));
    const { err } = await server.stop();
    expect(err).toBe(
      "warning: a key policy was put. It limits users and sessions of roles, and no access key of the account's root.\n",
    );
  });

  it('goes on in the background for a shell that takes its environment', async () => {
    const main = join(import.meta.dirname, '../../packages/cli/dist/main.js');
    const script = `
      eval "$('${process.execPath}' '${main}' serve --memory --port 0 --print-env 2>&1)"
      '${process.execPath}' -e 'fetch(process.env.AWS_ENDPOINT_URL + "/health").then((r) => r.text()).then(console.log)'
      kill "$SECURESTRING_SERVE_PID" && echo "$AWS_ACCESS_KEY_ID $AWS_REGION"`;
    expect(execFileSync('sh', ['-c', script], { env }).toString()).toBe('{"status":"ok"}\ntest us-east-1\n');
  });
});

describe('the environment of a client', () => {
  const main = join(import.meta.dirname, '../../packages/cli/dist/main.js');
  const elsewhere = { AWS_PROFILE: 'work', AWS_SESSION_TOKEN: 'x', AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1' };
  const PRINT = 'echo "[$AWS_PROFILE$AWS_SESSION_TOKEN$AWS_ENDPOINT_URL_SSM] $AWS_REGION"';

  it('has nothing of the shell that leads elsewhere', async () => {
    const words = ['serve', '--memory', '--port', '0', '--', 'sh', '-c', PRINT];
    expect(await runBuilt(words, { env: { ...env, ...elsewhere } })).toMatchObject({ out: '[] us-east-1\n' });
    const script = `eval "$('${process.execPath}' '${main}' serve --memory --port 0 --print-env)"
      kill "$SECURESTRING_SERVE_PID"; ${PRINT}`;
    const said = execFileSync('sh', ['-c', script], { env: { ...env, ...elsewhere } });
    expect(said.toString()).toBe('[] us-east-1\n');
  });

  it('fails the shell that takes it, where there is no server', () => {
    for (const words of ['--memory --port 99999', '--store none --port 0']) {
      const script = `eval "$('${process.execPath}' '${main}' serve ${words} --print-env 2> /dev/null)" || echo failed`;
      expect(execFileSync('sh', ['-c', script], { env, cwd: folder }).toString(), words).toBe('failed\n');
    }
  });
});

describeWithProgram('openssl', 'version', 'TLS', () => {
  it('is spoken with a certificate', async () => {
    const pair = join(folder, 'tls');
    mkdirSync(pair);
    const [cert, key] = [join(pair, 'cert.pem'), join(pair, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject],
      { stdio: 'ignore' },
    );
    const server = await serving('--memory', '--host', 'localhost', '--cert', cert, '--key', key);
    expect(server.url).toMatch(/^https:\/\/localhost:/);
    const body = await new Promise((resolve, reject) => {
      request(`${server.url}/health`, { ca: readFileSync(cert) }, (answer) => {
        answer.on('data', (data: Buffer) => resolve(data.toString()));
      })
        .on('error', reject)
        .end();
    });
    expect(body).toBe('{"status":"ok"}');
    expect(await server.stop()).toMatchObject({ code: 0 });
  });
});

describe('what cannot listen', () => {
  it('names what is taken, and what does not fit together', async () => {
    const server = await serving('--memory');
    const { port } = new URL(server.url);
    const refused = async (...words: string[]) => {
      const { code, err } = await runBuilt(['serve', ...words], { env });
      return [code, err];
    };
    expect(await refused('--memory', '--port', port)).toEqual([
      1,
      `error: Port ${port} of 127.0.0.1 is taken by another program. Give another with --port, or --port 0 for a free one.\n`,
    ]);
    await server.stop();
    expect(await refused('--memory', '--insecure-listen', '--host', '192.0.2.1')).toEqual([
      1,
      'error: 192.0.2.1 is not an address of this machine. Give another with --host.\n',
    ]);
    const usage: readonly (readonly [words: string[], what: string])[] = [
      [['--host', '0.0.0.0'], 'Without TLS others on the network read what is sent to 0.0.0.0'],
      [['--host', '0.0.0.0', '--no-auth', '--insecure-listen'], '--no-auth accepts everyone'],
      [['--seed', 'x'], 'give --memory too'],
      [['--clock', 'x', '--memory'], '--clock takes a time'],
      [['--memory', '--store', 'x'], 'leave out --store'],
      [['--cert', 'x'], '--cert and --key go together'],
      [['--port', '65536'], '--port takes a number'],
      [['--port', '-1'], '--port'],
      [['--print-env', '--', 'true'], 'leave --print-env out'],
      [['--memory', '--print-env', '--fixtures', '-'], 'name a file of fixtures'],
    ];
    for (const [words, what] of usage) {
      expect(await refused(...words), words.join(' ')).toEqual([2, expect.stringContaining(what)]);
    }
    writeFileSync(join(folder, 'not.pem'), 'x');
    const [cert, key] = [join(folder, 'none.pem'), join(folder, 'not.pem')];
    expect((await refused('--memory', '--cert', cert, '--key', key))[0]).toBe(3);
  });
});
