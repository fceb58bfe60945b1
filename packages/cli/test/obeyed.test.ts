/**
 * Names that loaders, shells and runtimes obey: `exec` and `export` take them from a store only where they are allowed.
 */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OBEYED, reasonAgainst } from '../src/parameters/obeyed.ts';
import { runBuilt } from './built.ts';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const run = (...words: readonly string[]) => hereIn(store, ...words);

beforeAll(async () => {
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
  for (const name of ['/a/NODE_OPTIONS', '/b/LD_PRELOAD', '/b/PATH', '/c/USER']) {
    expect(await run('put', name, 'x', '--type', 'String')).toMatchObject({ code: 0 });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a name that programs obey', () => {
  it.each([
    ...[
      'NODE_OPTIONS',
      'LD_PRELOAD',
      'LD_AUDIT',
      'DYLD_INSERT_LIBRARIES',
      'PATH',
      'BASH_ENV',
      'ENV',
      'IFS',
      'PYTHONPATH',
    ],
    ...['PYTHONSTARTUP', 'PERL5LIB', 'PERL5OPT', 'RUBYOPT', 'RUBYLIB', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS'],
    ...['npm_config_script_shell', 'Npm_Config_Node_Options', 'TAR_OPTIONS', 'MAKEFILES', 'GNUMAKEFLAGS', 'KUBECONFIG'],
    ...['JAVA_OPTS', 'PIP_INDEX_URL', 'TF_CLI_CONFIG_FILE', 'CLOUDSDK_PYTHON', 'HGRCPATH', 'PSQLRC', 'GTK_MODULES'],
    ...['JDK_JAVA_OPTIONS', 'GIT_SSH_COMMAND', 'HOME', 'SECURESTRING_HOME'],
  ])('has a reason: %s', (name) => {
    expect(reasonAgainst(name)).toBeTypeOf('string');
  });

  it.each([
    'USER',
    'PASSWORD',
    'URL',
    'NODE_ENV',
    'DB_PATH',
    'HOMEPAGE',
    'AWS_REGION',
    'TOKEN',
    'UV_PUBLISH_TOKEN',
    'PGPASSWORD',
  ])('is not %s', (name) => {
    expect(reasonAgainst(name)).toBeUndefined();
  });

  it.each([
    ['exec', ['exec', '/b', '--', 'true']],
    ['export as dotenv', ['export', '/b']],
    ['export for a shell', ['export', '/b', '--format', 'shell']],
  ])('is refused with its reason by %s', async (_, words) => {
    const { code, out, err } = await here(words, { env: { ...process.env, SECURESTRING_HOME: store } });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('/b/LD_PRELOAD would set LD_PRELOAD (the loader takes code from them).');
    expect(err).toContain('/b/PATH would set PATH');
    expect(err).toContain('give --allow LD_PRELOAD --allow PATH;');
  });

  it('is taken where it is allowed by name, each by itself, or has a prefix', async () => {
    expect((await run('export', '/b', '--allow', 'PATH')).err).toContain('/b/LD_PRELOAD');
    expect(await run('export', '/b', '--allow', 'PATH', '--allow', 'LD_PRELOAD')).toMatchObject({
      code: 0,
      out: 'LD_PRELOAD=x\nPATH=x\n',
    });
    expect(await run('export', '/b', '--prefix', 'B_')).toMatchObject({ code: 0, out: 'B_LD_PRELOAD=x\nB_PATH=x\n' });
    expect(await run('export', '/b', '--format', 'json')).toMatchObject({ code: 0 });
    const options = { env: { ...process.env, SECURESTRING_HOME: store } };
    expect(await runBuilt(['exec', '/b', '--allow', 'PATH', '--', 'true'], options)).toMatchObject({ code: 1 });
    expect(await runBuilt(['exec', '/c', '--', '/usr/bin/env'], options)).toMatchObject({ code: 0 });
  });

  it('is listed with its reason in docs/cli/exec.md', () => {
    const text = readFileSync(new URL('../../../docs/cli/exec.md', import.meta.url), 'utf8');
    for (const { names, reason } of OBEYED) {
      expect(text).toContain(`| ${names.map((name) => `\`${name}\``).join(', ')} | ${reason} |`);
    }
  });
});
