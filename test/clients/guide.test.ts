/**
 * The blocks of the guide `docs/endpoint.md` that need clients of others. Each runs as it is written, in a folder of
 * its own, against an endpoint that verifies signatures. Its sessions and modules run with those of all documents.
 */

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestEndpoint } from '@securestring/endpoint/testing';
import { environmentOf, makeHome } from '@securestring/test-support/console';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../docs/markdown.ts';
import { clientEnvironment, describeClient, run, startVerifyingEndpoint } from './foreign.ts';

let aws: TestEndpoint;
let home: string;
beforeAll(async () => {
  aws = await startVerifyingEndpoint();
  home = makeHome();
});
beforeEach(() => aws.reset());
afterAll(async () => {
  await aws.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 10 });
});

/** The text of a block of the guide: the one of that language under that heading, at that place among them. */
function blockOf(heading: string, language: string, at = 0): string {
  const guide = documents().find(({ path }) => path === 'docs/endpoint.md');
  const found = guide?.blocks.filter((block) => block.heading === heading && block.language === language)[at];
  if (guide === undefined || found === undefined) throw new Error(`The guide has no ${language} under "${heading}".`);
  return `${guide.lines.slice(found.start, found.end).join('\n')}\n`;
}

/** Puts a program of Python's into the path, with the folder that pip installed it to. */
function linkPython(name: string, path: string): void {
  const script = `#!/bin/sh\nPYTHONPATH='${path}' exec python3 '${join(path, 'bin', name)}' "$@"\n`;
  writeFileSync(join(home, '.bin', name), script, { mode: 0o755 });
}

/** Runs a program in the home; the machine's own path comes last, for Python. */
async function inHome(program: string, words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
  const { PATH, ...own } = environmentOf(home);
  const env = { ...clientEnvironment(aws.env), ...own, PATH: `${PATH}:${process.env['PATH']}`, ...more };
  const { status, stdout, stderr } = await run('env', [`--chdir=${home}`, program, ...words], env);
  expect([status, stderr], stdout.toString()).toEqual([0, '']);
  return stdout.toString();
}
const bash = (text: string) => inHome('bash', ['--norc', '-eu', '-c', text]);

describe('in CI, the guide', () => {
  it('runs tests against a server that ends with them', async () => {
    const [, command = ''] = /- run: npx (securestring .*)/.exec(blockOf('In CI', 'yaml')) ?? [];
    expect(command).toContain(' -- npm test');
    const said = await bash(command.replace('npm test', `sh -c 'echo "$AWS_ENDPOINT_URL"'`));
    expect(said).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    await expect(fetch(said.trim())).rejects.toThrow();
  });
});

describeClient('SECURESTRING_BOTO', 'clients', 'the guide with boto3', (PYTHONPATH) => {
  it('puts and gets a parameter', async () => {
    expect(await inHome('python3', ['-c', blockOf('Python', 'python')], { PYTHONPATH })).toBe('s3cret\n');
  });

  it('has a fixture for pytest', async () => {
    writeFileSync(join(home, 'test_app.py'), blockOf('Python', 'python', 1));
    // Without a folder for its cache, and without what the environment says.
    const words = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test_app.py'];
    const gone = { AWS_ENDPOINT_URL: '', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_REGION: '' };
    expect(await inHome('python3', words, { PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1', ...gone })).toContain('1 passed');
  });
});

describeClient('SECURESTRING_AWSCLI', 'clients', 'the guide with the aws command line', (path) => {
  beforeAll(() => linkPython('aws', path));

  it('puts and gets a parameter, and makes an alias', async () => {
    const said = await bash(blockOf('The aws command line', 'bash'));
    expect(said).toMatch(/"Version": 1[\s\S]*s3cret\n$/);
    expect((await aws.keystore.describeKey({ keyId: 'alias/app' })).keyMetadata.keyState).toBe('Enabled');
  });

  it('starts a server in the background for the steps of a job', async () => {
    expect(await bash(blockOf('In CI', 'bash'))).toBe('arn:aws:iam::000000000000:root\n');
  });

  describeClient('SECURESTRING_SOPS', 'go', 'and sops', (sops) => {
    it('seals a file, and opens it', async () => {
      symlinkSync(sops, join(home, '.bin/sops'));
      expect(await bash(blockOf('sops', 'bash'))).toBe('password: s3cret\n');
    });
  });
});

describeClient('SECURESTRING_TERRAFORM_PLUGINS', 'terraform', 'the guide with Terraform', (mirror) => {
  it('has a provider block that needs nothing else', { timeout: 300_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'securestring-guide-'));
    const provider = blockOf('Terraform', 'hcl');
    expect(provider).toContain('http://127.0.0.1:4566');
    const resource = `resource "aws_ssm_parameter" "one" {\n  name = "/hcl/one"\n  type = "SecureString"\n  value = "s3cret"\n}\n`;
    writeFileSync(join(folder, 'main.tf'), provider.replaceAll('http://127.0.0.1:4566', aws.url) + resource);
    writeFileSync(
      join(folder, 'rc'),
      `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
    );
    const { HOME, PATH, HTTPS_PROXY } = clientEnvironment({});
    const env = { HOME, PATH, HTTPS_PROXY, TF_CLI_CONFIG_FILE: join(folder, 'rc'), CHECKPOINT_DISABLE: '1' };
    const words = [['init'], ['apply', '-auto-approve']];
    for (const [command = '', ...more] of words) {
      const { status, stderr } = await run(
        'terraform',
        [`-chdir=${folder}`, command, '-no-color', '-input=false', ...more],
        env,
      );
      expect([status, stderr]).toEqual([0, '']);
    }
    const { parameter } = await aws.store.getParameter({ name: '/hcl/one', withDecryption: true });
    expect(parameter.value).toBe('s3cret');
    rmSync(folder, { recursive: true });
  });
});
