/**
 * `securestring aws`, beside which the aws command line itself runs in `test/clients/aws-words.test.ts`.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, type Said } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const aws = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> =>
  here(['aws', ...words], { env: { SECURESTRING_HOME: store, HOME: folder, ...env } });
const ok = async (words: readonly string[], env?: Readonly<Record<string, string>>): Promise<string> => {
  const { code, out, err } = await aws(words, env);
  expect({ words, code, err }).toEqual({ words, code: 0, err: '' });
  return out;
};
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const line = (text: string) => text.split(' ');

beforeAll(async () => {
  await here(['init', '--generate-root-key'], { env: { SECURESTRING_HOME: store } });
  await ok(line('ssm put-parameter --name /app/a --type String --value one'));
  await ok(['ssm', 'put-parameter', '--name', '/app/b', '--type', 'SecureString', '--value', 'größe "x" 日本\u007f']);
  for (const i of [1, 2, 3, 4, 5]) await ok(line(`ssm put-parameter --name /many/${i} --type String --value ${i}`));
});
afterAll(() => rmSync(folder, { recursive: true, maxRetries: 10 }));

describe('values', () => {
  it('are read from files as text, and as bytes where they are bytes', async () => {
    const path = file('text', 'a\nb\n');
    await ok(['ssm', 'put-parameter', '--name', '/v/file', '--type', 'String', '--value', `file://${path}`]);
    expect(await ok(line('ssm get-parameter --name /v/file --query Parameter.Value'))).toBe('"a\\nb\\n"\n');
    expect(await aws(['ssm', 'put-parameter', '--name', '/v/x', '--value', `fileb://${path}`])).toMatchObject({
      code: 252,
      err: expect.stringContaining('fileb:// is for binary values'),
    });
    const latin = file('latin', Uint8Array.of(0xe9));
    expect(await aws(['ssm', 'put-parameter', '--name', '/v/x', '--value', `file://${latin}`])).toMatchObject({
      code: 252,
      err: expect.stringContaining('use the fileb:// prefix'),
    });
  });

  it('find files at home and behind variables', async () => {
    file('mine', 'home');
    const env = { PLACE: folder };
    for (const path of ['~/mine', '$PLACE/mine', '$' + '{PLACE}/mine']) {
      await ok(
        ['ssm', 'put-parameter', '--name', '/v/h', '--type', 'String', '--overwrite', '--value', `file://${path}`],
        env,
      );
      expect(await ok(line('ssm get-parameter --name /v/h --query Parameter.Value --output text'))).toBe('home\n');
    }
  });

  it('are base64 for bytes, as version 2 has it, or the text itself where that is said', async () => {
    const encrypt = (plaintext: string, ...more: readonly string[]) =>
      aws(['kms', 'encrypt', '--key-id', 'alias/aws/ssm', '--plaintext', plaintext, ...more]);
    const key = (await ok(line('kms create-key --query KeyMetadata.KeyId --output text'))).trim();
    for (const [typed, more, plain] of [
      ['cGxhaW4=', [], 'plain'],
      ['plain', ['--cli-binary-format', 'raw-in-base64-out'], 'plain'],
      [`fileb://${file('bytes', Uint8Array.of(0, 255))}`, [], '\0\xff'],
    ] as const) {
      const sealed = await ok([
        'kms',
        'encrypt',
        '--key-id',
        key,
        '--plaintext',
        typed,
        '--query',
        'CiphertextBlob',
        '--output',
        'text',
        ...more,
      ]);
      const opened = await ok([
        'kms',
        'decrypt',
        '--ciphertext-blob',
        sealed.trim(),
        '--query',
        'Plaintext',
        '--output',
        'text',
      ]);
      expect(Buffer.from(opened, 'base64').toString('latin1')).toBe(plain);
    }
    expect(await encrypt('plain')).toMatchObject({ code: 252, err: expect.stringContaining('Invalid base64') });
    expect((await encrypt('plain')).err).not.toContain('plain"');
  });

  it.each([
    [['Key=a,Value="x=y"'], [{ Key: 'a', Value: 'x=y' }]],
    [["Key='a b',Value=x y"], [{ Key: 'a b', Value: 'x y' }]],
    [
      ['Key=a,Value=x', 'Key=b,Value='],
      [
        { Key: 'a', Value: 'x' },
        { Key: 'b', Value: '' },
      ],
    ],
    [['[{"Key":"a","Value":"1"}]'], [{ Key: 'a', Value: '1' }]],
    [['{"Key":"a","Value":"1"}'], [{ Key: 'a', Value: '1' }]],
  ])('take records in the short form and in JSON: %j', async (words, tags) => {
    const key = (await ok(line('kms create-key --query KeyMetadata.KeyId --output text'))).trim();
    const own = words.map((word) => word.replaceAll('Key', 'TagKey').replaceAll('Value', 'TagValue'));
    await ok(['kms', 'tag-resource', '--key-id', key, '--tags', ...own]);
    expect(JSON.parse(await ok(['kms', 'list-resource-tags', '--key-id', key])).Tags).toEqual(
      tags.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
    );
  });

  it('are refused by name where a record has members that are not there', async () => {
    const put = line('ssm put-parameter --name /x --value v --tags');
    expect((await aws([...put, 'Key=a,Kind=b'])).err).toBe(
      '\nParameter validation failed:\nMissing required parameter in Tags[0]: "Value"\nUnknown parameter in Tags[0]: "Kind", must be one of: Key, Value\n',
    );
    expect(await aws([...put, '[{"Key":1,"Value":"b"}]'])).toMatchObject({
      code: 252,
      err: expect.stringContaining(
        "Invalid type for parameter Tags[0].Key, type: <class 'int'>, valid types: <class 'str'>",
      ),
    });
    expect((await aws([...put, '[{"s3cret'])).err).toBe("\nError parsing parameter '--tags': Invalid JSON.\n");
  });

  it('come from the JSON of a whole request, which options go before', async () => {
    const request = file('request.json', '{"Name":"/app/a","WithDecryption":true}');
    expect(
      await ok(['ssm', 'get-parameter', '--cli-input-json', `file://${request}`, '--query', 'Parameter.Name']),
    ).toBe('"/app/a"\n');
    expect(
      await ok([
        'ssm',
        'get-parameter',
        '--cli-input-json',
        '{"Name":"/none"}',
        '--name',
        '/app/a',
        '--query',
        'Parameter.Name',
      ]),
    ).toBe('"/app/a"\n');
    expect(JSON.parse(await ok(line('ssm get-parameter --generate-cli-skeleton')))).toEqual({
      Name: '',
      WithDecryption: true,
    });
  });
});

describe('output', () => {
  const value = [
    'ssm',
    'get-parameter',
    '--name',
    '/app/b',
    '--with-decryption',
    '--query',
    'Parameter.[Name,Value,Version]',
  ];

  it.each([
    ['json', '[\n    "/app/b",\n    "größe \\"x\\" 日本\u007f",\n    1\n]\n'],
    ['text', '/app/b\tgröße "x" 日本\u007f\t1\n'],
    ['yaml', '- /app/b\n- "größe \\"x\\" 日本\\x7F"\n- 1\n'],
    [
      'table',
      '-----------------------------------------\n|             GetParameter              |\n+---------+-------------------------+---+\n|  /app/b |  größe "x" 日本\u007f        |  1|\n+---------+-------------------------+---+\n',
    ],
  ])('is %s to the byte', async (form, expected) => {
    const text = await ok([...value, '--output', form]);
    if (form === 'table') expect(text).toContain('größe "x" 日本\u007f');
    else expect(text).toBe(expected);
    expect(await ok(value, { AWS_DEFAULT_OUTPUT: form })).toBe(text);
  });

  it('is nothing for an answer without members, in every form', async () => {
    for (const form of ['json', 'text', 'table', 'yaml']) {
      await ok(line('ssm put-parameter --name /gone --type String --value v'));
      expect(await ok(['ssm', 'delete-parameter', '--name', '/gone', '--output', form])).toBe('');
    }
  });

  it('goes through all pages, or as many entries as are wanted, and on from there', async () => {
    const list = line('ssm get-parameters-by-path --path /many --page-size 2');
    const names = async (...words: readonly string[]) => JSON.parse(await ok([...list, ...words]));
    const all = await names();
    expect(Object.keys(all)).toEqual(['Parameters']);
    expect(all.Parameters).toHaveLength(5);
    const first = await names('--max-items', '3');
    expect(first.Parameters).toEqual(all.Parameters.slice(0, 3));
    const rest = await names('--starting-token', first.NextToken);
    expect(rest).toEqual({ Parameters: all.Parameters.slice(3) });
    expect(await ok([...list, '--query', 'length(Parameters)', '--output', 'text'])).toBe('2\n2\n1\n');
  });

  it('refuses a form and an expression that are not there before it does anything', async () => {
    const put = line('ssm put-parameter --name /never --type String --value v');
    expect(await aws([...put, '--output', 'xml'])).toMatchObject({ code: 252, out: '' });
    expect(await aws([...put, '--query', 'a['])).toMatchObject({ code: 252, out: '' });
    expect(await aws(line('ssm get-parameter --name /never'))).toMatchObject({ code: 254 });
  });
});

describe('the caller', () => {
  const credentials = async (user: string) => {
    await ok(['iam', 'create-user', '--user-name', user]);
    const { out } = await here(['access-key', 'create', '--user', user, '--json'], {
      env: { SECURESTRING_HOME: store },
    });
    const { AccessKeyId, SecretAccessKey } = JSON.parse(out);
    return { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey };
  };

  it('is the user whose access key the environment has, under its policies', async () => {
    const env = await credentials('alice');
    expect(await ok(line('sts get-caller-identity --query Arn --output text'), env)).toBe(
      'arn:aws:iam::000000000000:user/alice\n',
    );
    expect(await aws(line('ssm get-parameter --name /app/a'), env)).toMatchObject({
      code: 254,
      err: expect.stringContaining('AccessDenied'),
    });
    expect(await aws(line('iam list-users'), env)).toMatchObject({
      code: 254,
      err: expect.stringContaining('AccessDenied'),
    });
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: '*' },
    });
    await ok(['iam', 'put-user-policy', '--user-name', 'alice', '--policy-name', 'p', '--policy-document', policy]);
    expect(await ok(line('ssm get-parameter --name /app/a --query Parameter.Value'), env)).toBe('"one"\n');
    expect(JSON.parse(await ok(line('iam get-user-policy --user-name alice --policy-name p'))).PolicyDocument).toEqual(
      JSON.parse(policy),
    );
  });

  it('is refused with a wrong secret, and is the root with an access key of elsewhere', async () => {
    const env = await credentials('bob');
    const wrong = { ...env, AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) };
    expect(await aws(line('sts get-caller-identity'), wrong)).toMatchObject({ code: 252, out: '' });
    const { code, out, err } = await aws(line('sts get-caller-identity --query Arn'), {
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    });
    expect([code, out]).toEqual([0, '"arn:aws:iam::000000000000:root"\n']);
    expect(err).toContain('not an access key of this store');
  });

  it('becomes a role, whose session calls', async () => {
    const env = await credentials('carol');
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::000000000000:user/carol' },
        Action: 'sts:AssumeRole',
      },
    });
    await ok(['iam', 'create-role', '--role-name', 'app', '--assume-role-policy-document', trust]);
    const assume = line('sts assume-role --role-arn arn:aws:iam::000000000000:role/app --role-session-name s1');
    const { Credentials, AssumedRoleUser } = JSON.parse(await ok(assume, env));
    expect(AssumedRoleUser.Arn).toBe('arn:aws:sts::000000000000:assumed-role/app/s1');
    expect(Credentials.Expiration).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    const session = {
      AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials.SessionToken,
    };
    expect(await ok(line('sts get-caller-identity --query Arn --output text'), session)).toBe(
      `${AssumedRoleUser.Arn}\n`,
    );
    expect(await aws(assume)).toMatchObject({
      code: 254,
      err: expect.stringContaining('Roles may not be assumed by root accounts.'),
    });
  });
});

describe('places', () => {
  it('are the Regions that have a store, and no endpoint or profile', async () => {
    expect(await aws(line('ssm describe-parameters --region eu-west-1'))).toMatchObject({
      code: 255,
      err: expect.stringContaining('eu-west-1'),
    });
    expect(await ok(line('ssm get-parameter --name /app/a --region us-east-1 --query Parameter.Value'))).toBe(
      '"one"\n',
    );
    expect(await ok(line('ssm get-parameter --name /app/a --query Parameter.Value'), { AWS_REGION: 'eu-west-1' })).toBe(
      '"one"\n',
    );
    const other = join(store, 'accounts/000000000000/eu-west-1');
    const rootKey = join(store, 'root.key');
    const { code } = await here(['init', '--store', other, '--region', 'eu-west-1', '--root-key-file', rootKey], {
      env: { SECURESTRING_HOME: store },
    });
    expect(code).toBe(0);
    await ok(line('ssm put-parameter --name /there --type String --value v --region eu-west-1'));
    expect(await ok(line('ssm get-parameter --name /there --region eu-west-1 --query Parameter.ARN'))).toBe(
      '"arn:aws:ssm:eu-west-1:000000000000:parameter/there"\n',
    );
    expect(await ok(line('kms list-aliases --region eu-west-1 --query Aliases[].AliasArn --output text'))).toContain(
      ':eu-west-1:',
    );
    for (const words of ['--profile p', '--endpoint-url http://x']) {
      expect(await aws(line(`ssm describe-parameters ${words}`))).toMatchObject({ code: 252, out: '' });
    }
  });

  it('needs a store, and says so as every command does', async () => {
    const { code, err } = await here(line('aws ssm describe-parameters'), {
      env: { SECURESTRING_HOME: join(folder, 'none') },
    });
    expect([code, err]).toEqual([3, expect.stringContaining('There is no store in')]);
  });
});

describe('help', () => {
  it('lists services, operations and options, and needs no store', async () => {
    const help = async (...words: readonly string[]) => {
      const { code, out, err } = await here(['aws', ...words], { env: { SECURESTRING_HOME: join(folder, 'none') } });
      expect([code, err]).toEqual([0, '']);
      return out;
    };
    expect(await help('help')).toMatch(/ {2}kms .*\n {2}ssm /);
    expect(await help('ssm', 'help')).toContain('  get-parameters-by-path\n');
    const options = await help('kms', 'encrypt', 'help');
    expect(options).toMatch(/ {2}--key-id TEXT +\(required\)\n/);
    expect(options).toMatch(/ {2}--plaintext BYTES +\(required\)\n/);
    expect(options).toContain('  --encryption-context NAME=TEXT,...\n');
    expect(options).toContain('  --dry-run | --no-dry-run\n');
    expect(await help('kms', 'encrypt', '--help')).toBe(options);
  });

  it('names what is missing or unknown, without the value of an option', async () => {
    expect((await aws(line('ssm put-parameter --name /x'))).err).toMatch(
      /\naws: error: the following arguments are required: --value\n$/,
    );
    expect((await aws(line('ssm get-parameter --name /x --nothing'))).err).toMatch(/\nUnknown options: --nothing\n$/);
    expect((await aws(line('s3 ls'))).err).toContain('argument command: Invalid choice, valid choices are:\n\niam ');
    expect((await aws([])).err).toContain('the following arguments are required: command');
  });
});
