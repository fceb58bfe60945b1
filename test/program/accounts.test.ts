/** `securestring serve --auto-create`: real clients of several accounts and Regions on one server. */

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ended, runBuilt, startBuilt } from '../../packages/cli/test/built.ts';
import { makeFolder } from '../../packages/cli/test/stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
// The SDK warns of old Nodes.
const env = { ...process.env, NODE_NO_WARNINGS: '1', SECURESTRING_HOME: store };

beforeAll(async () => {
  expect(await runBuilt(['init', '--generate-root-key'], { env })).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Says who calls, puts a SecureString, and prints its ARN, or else why not. */
const SCRIPT = `
  const { SSMClient, PutParameterCommand, GetParameterCommand } = require('@aws-sdk/client-ssm');
  const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
  const [region, accessKeyId, secretAccessKey] = process.argv.slice(1);
  const options = { region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  const ssm = new SSMClient(options);
  (async () => {
    const { Arn } = await new STSClient(options).send(new GetCallerIdentityCommand({}));
    await ssm.send(new PutParameterCommand({ Name: '/a', Value: 's3cret', Type: 'SecureString', Overwrite: true }));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/a', WithDecryption: true }));
    console.log(Arn, Parameter.ARN, Parameter.Value);
  })().catch(({ name, message }) => console.log(name, message));`;

async function asked(serve: readonly string[], ...caller: readonly string[]): Promise<string> {
  const words = ['serve', '--port', '0', ...serve, '--', process.execPath, '-e', SCRIPT, ...caller];
  const { out, err } = await runBuilt(words, { env, cwd: import.meta.dirname });
  return err + out;
}

it('a store on the disk has those of each account and Region in its folder', async () => {
  const made = await runBuilt(['access-key', 'create', '--account-id', '111122223333', '--json'], { env });
  const { AccessKeyId, SecretAccessKey, AccountId } = JSON.parse(made.out);
  expect(AccountId).toBe('111122223333');
  const caller = ['us-gov-west-1', AccessKeyId, SecretAccessKey];
  const refusal = "InvalidSignatureException Credential should be scoped to a valid region, not 'us-gov-west-1'.\n";
  expect(await asked([], ...caller)).toBe(
    `warning: a client asked for us-gov-west-1 of account 111122223333, which has no store here. Serve with --auto-create to make one.\n${refusal}`,
  );
  const answer =
    'arn:aws-us-gov:iam::111122223333:root arn:aws-us-gov:ssm:us-gov-west-1:111122223333:parameter/a s3cret\n';
  expect(await asked(['--auto-create'], ...caller)).toBe(answer);
  expect(await asked([], ...caller)).toBe(answer);
  expect(existsSync(join(store, 'accounts/111122223333/us-gov-west-1/data/data.mdb'))).toBe(true);
  expect(await asked(['--auto-create'], 'us-gov-west-1', AccessKeyId, 'another')).toContain(
    'The request signature we calculated does not match',
  );
  expect(await runBuilt(['get', '/a'], { env })).toMatchObject({ code: 3 });
});

/** Starts a server that makes stores as they are asked for; its address, and its end. */
async function creating(): Promise<{ readonly endpoint: string; stop(): Promise<unknown> }> {
  const words = ['serve', '--auto-create', '--no-auth', '--port', '0', '--json'];
  const child = startBuilt(words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = ended(child);
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout !== null) createInterface(child.stdout).once('line', resolve);
    end.then(({ err }) => reject(new Error(err)), reject);
  });
  const stop = () => {
    child.kill('SIGTERM');
    return end;
  };
  return { endpoint: JSON.parse(line).url, stop };
}

it('two processes that make the store of one Region at the same moment make one, and lose nothing', async () => {
  const servers = await Promise.all([creating(), creating()]);
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  for (const region of ['eu-west-1', 'eu-west-2', 'eu-central-1', 'cn-north-1', 'us-gov-west-1', 'sa-east-1']) {
    const [one, other] = servers.map(
      ({ endpoint }) => new SSMClient({ region, endpoint, credentials, maxAttempts: 1 }),
    );
    const put = (ssm: SSMClient | undefined, Name: string) =>
      ssm?.send(new PutParameterCommand({ Name, Value: `of ${Name}`, Type: 'SecureString' }));
    await Promise.all([put(one, '/one'), put(other, '/other')]);
    for (const ssm of [one, other]) {
      const found = await ssm?.send(new GetParametersCommand({ Names: ['/one', '/other'], WithDecryption: true }));
      expect(found?.Parameters?.map(({ Value }) => Value)).toEqual(['of /one', 'of /other']);
      ssm?.destroy();
    }
  }
  for (const { stop } of servers) expect(await stop()).toMatchObject({ code: 0, err: '' });
});

it('a store in memory has those of each account, which an access key of 12 digits names', async () => {
  const memory = ['--memory', '--auto-create'];
  expect(await asked(memory, 'cn-north-1', '111122223333', 'test')).toBe(
    'arn:aws-cn:iam::111122223333:root arn:aws-cn:ssm:cn-north-1:111122223333:parameter/a s3cret\n',
  );
  expect(await asked(memory, 'eusc-de-east-1', 'test', 'test')).toBe(
    'arn:aws-eusc:iam::000000000000:root arn:aws-eusc:ssm:eusc-de-east-1:000000000000:parameter/a s3cret\n',
  );
  const unknown = 'The security token included in the request is invalid.';
  expect(await asked(['--memory'], 'us-east-1', '111122223333', 'test')).toContain(unknown);
  expect(await asked(['--memory', '--no-auth'], 'us-east-1', '111122223333', 'x')).toContain(
    'arn:aws:ssm:us-east-1:000000000000:parameter/a s3cret',
  );
  expect(await asked([...memory, '--no-auth'], 'us-east-1', '111122223333', 'x')).toContain(
    'arn:aws:ssm:us-east-1:111122223333:parameter/a s3cret',
  );
});
