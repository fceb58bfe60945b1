/**
 * What `export` writes, as the programs read it for which it is written. Where such a program cannot run in a test, its
 * documented rules are here, and the test's name says so.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram } from '@securestring/test-support/required';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FORMATS, type FormatName, formatsWith } from '../../src/formats/formats.ts';
import { heldBy, inOrder, keyed, someValues } from './values.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-formats-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads a file that was written, and returns its values by name. */
type Read = (text: string, count: number) => Readonly<Record<string, unknown>>;

interface Real {
  readonly format: FormatName;
  readonly reader: string;
  readonly program: string;
  readonly probe: string;
  readonly read: Read;
  /** Whether the format refuses a value. Default it refuses none. */
  readonly refuses?: (value: string) => boolean;
  /** Whether this reader does more with a value than the one that the format is for. Default it does not. */
  readonly changes?: (value: string) => boolean;
}

const ENVIRONMENT_D = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';
const PYTHON = 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], encoding="utf-8")), sys.stdout)';
const JAVA = `
import java.io.*; import java.nio.charset.*; import java.util.*;
public class Read {
  public static void main(String[] args) throws Exception {
    Properties bytes = new Properties(), text = new Properties();
    try (InputStream in = new FileInputStream(args[0])) { bytes.load(in); }
    try (Reader in = new FileReader(args[0], StandardCharsets.UTF_8)) { text.load(in); }
    if (!bytes.equals(text)) throw new Exception("read differently");
    for (String name : bytes.stringPropertyNames())
      System.out.println(name + " " + Base64.getEncoder().encodeToString(bytes.getProperty(name).getBytes(StandardCharsets.UTF_8)));
  }
}`;

function run(program: string, args: readonly string[], input?: string): string {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, CHECKPOINT_DISABLE: '1', LC_ALL: 'C.UTF-8' };
  return execFileSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    ...(input && { input }),
  });
}

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** The generator prints values with C's escapes, in double quotes where a shell needs them. */
function unescapeC(text: string): string {
  const inner = text.startsWith('"') ? text.slice(1, -1) : text;
  return inner.replaceAll(/\\(.)/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter);
}

function fromBase64(lines: readonly string[]): Readonly<Record<string, string>> {
  const pairs = lines.filter(Boolean).map((line) => line.split(' ') as [string, string]);
  return Object.fromEntries(pairs.map(([name, value = '']) => [name, Buffer.from(value, 'base64').toString()]));
}

const shells = ['sh', 'dash', 'bash', 'zsh'].map(
  (shell): Real => ({
    format: 'shell',
    reader: shell,
    program: shell,
    probe: '-c true',
    refuses: (value) => value.includes('\0'),
    read: (text) => {
      const print = 'process.stdout.write(JSON.stringify(process.env))';
      return JSON.parse(run(shell, ['-c', `. ${fileOf('shell', text)}; exec "${process.execPath}" -e '${print}'`]));
    },
  }),
);

const REAL: readonly Real[] = [
  ...shells,
  {
    format: 'yaml',
    reader: 'PyYAML, which reads YAML 1.1',
    program: 'python3',
    probe: '-c import\tyaml',
    read: (text) => JSON.parse(run('python3', ['-c', PYTHON, fileOf('values.yaml', text)])),
  },
  {
    format: 'properties',
    reader: "Java's Properties, from bytes and from UTF-8",
    program: 'java',
    probe: '-version',
    read: (text) => fromBase64(run('java', [fileOf('Read.java', JAVA), fileOf('p', text)]).split('\n')),
  },
  {
    format: 'tfvars',
    reader: 'terraform console',
    program: 'terraform',
    probe: 'version',
    refuses: (value) => value !== value.normalize('NFC'),
    read: (text, count) => {
      const names = Array.from({ length: count }, (_, i) => `V${i}`);
      mkdirSync(join(folder, 'tf'), { recursive: true });
      const declared = names.map((name) => `variable "${name}" { type = string }\n`).join('');
      writeFileSync(join(folder, 'tf/main.tf'), declared);
      const file = fileOf('values.tfvars', text);
      const asked = `jsonencode({ ${names.map((name) => `${name} = base64encode(var.${name})`).join(', ')} })\n`;
      const said = run('terraform', ['-chdir=tf', 'console', `-var-file=${file}`], asked);
      const pairs = Object.entries(JSON.parse(JSON.parse(said)) as Record<string, string>);
      return Object.fromEntries(pairs.map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]));
    },
  },
  {
    format: 'systemd',
    reader: "systemd's reader of environment files, in its generator of environment.d",
    program: ENVIRONMENT_D,
    probe: '',
    refuses: (value) => /(?![\t\n])\p{Cc}|\uffff/u.test(value),
    // It replaces variables in what the file says.
    changes: (value) => value.includes('$'),
    read: (text) => {
      mkdirSync(join(folder, '.config/environment.d'), { recursive: true });
      fileOf('.config/environment.d/values.conf', text);
      const lines = run(ENVIRONMENT_D, []).split('\n');
      return Object.fromEntries(lines.map((line) => [line.split('=')[0] ?? '', unescapeC(line.replace(/^\w*=/, ''))]));
    },
  },
  {
    format: 'kubernetes',
    reader: 'kubectl',
    program: 'kubectl',
    probe: 'version --client',
    read: (text) => {
      const said = run('kubectl', ['label', '--local', '-f', '-', 'a=b', '-o', 'json'], text);
      const { data, metadata } = JSON.parse(said) as { data: Record<string, string>; metadata: { name: string } };
      expect(metadata.name).toBe('app');
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
      );
    },
  },
];

for (const { format, reader, program, probe, read, refuses = () => false, changes = () => false } of REAL) {
  describeWithProgram(program, probe, `${format}, in ${reader}`, () => {
    it('is read back exactly, or refused by the name of the parameter', { timeout: 120_000 }, async () => {
      const texts = someValues().filter((value) => !changes(value));
      const writer = await FORMATS[format].writer?.();
      const { held, refused, text } = await heldBy(writer ?? expect.fail(), texts);
      expect(refused).toEqual(texts.filter(refuses));
      expect(inOrder(read(text, held.length), held.length)).toEqual(held);
    });
  });
}

/** Rules of readers that not every machine has, or no test can run: docker, systemd and GitHub's runner. */
const RULES: readonly { readonly format: FormatName; readonly refuses: RegExp; readonly read: Read }[] = [
  { format: 'json', refuses: /^\b$/, read: (text) => JSON.parse(text) },
  { format: 'yaml', refuses: /^\b$/, read: (text) => parse(text, { version: '1.2' }) },
  { format: 'yaml', refuses: /^\b$/, read: (text) => parse(text, { version: '1.1' }) },
  { format: 'docker', refuses: /[\n\r\0]/, read: readDockerRules },
  { format: 'systemd', refuses: /(?![\t\n])\p{Cc}|\uffff/u, read: readSystemdRules },
  { format: 'github', refuses: /\0/, read: readGithubRules },
];

/** Docker's "Set environment variables (--env-file)": no quotes, no escapes; white space before a line is left out. */
it('every format that is written is read by another reader', () => {
  // dotenv's readers have a file of their own: dotenv.test.ts.
  const read = new Set<FormatName>(['dotenv', ...[...REAL, ...RULES].map(({ format }) => format)]);
  expect([...read].sort()).toEqual([...formatsWith('writer')].sort());
});

function readDockerRules(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, '').replace(/^\s+/u, ''));
  const found = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(found.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]));
}

/** systemd.exec(5), EnvironmentFile=: a character at a time. */
function readSystemdRules(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('=', at);
    const name = text.slice(at, end);
    const quote = text.charAt(end + 1);
    let value = '';
    for (at = end + 2; text.charAt(at) !== quote; at++) {
      if (quote === '"' && text.charAt(at) === '\\' && /["\\`$\n]/.test(text.charAt(at + 1))) at++;
      value += text.charAt(at);
    }
    expect(text.charAt(at + 1)).toBe('\n');
    found[name] = value;
    at += 2;
  }
  return found;
}

/** "Workflow commands for GitHub Actions", Multiline strings: `{name}<<{delimiter}`, the value, the delimiter. */
function readGithubRules(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [name = '', delimiter] = line.split('<<');
    const value = lines.splice(0, lines.indexOf(delimiter ?? ''));
    lines.shift();
    found[name] = value.join('\n');
  }
  return found;
}

describe.each(RULES)('$format, by its documented rules', ({ format, refuses, read }) => {
  it('is read back exactly, or refused by the name of the parameter', async () => {
    const texts = someValues(3000);
    const writer = await FORMATS[format].writer?.();
    const { held, refused, text } = await heldBy(writer ?? expect.fail(), texts);
    expect(refused).toEqual(texts.filter((value) => refuses.test(value)));
    expect(inOrder(read(text, held.length), held.length)).toEqual(held);
  });
});

describe.each(Object.entries(FORMATS).filter(([, { reader }]) => reader !== undefined))(
  '%s',
  (_, { writer, reader }) => {
    it('is read back by import', async () => {
      const [write, read] = [await writer?.(), await reader?.()];
      const { held, text } = await heldBy(write ?? expect.fail(), someValues(2000));
      expect(read?.(text, 'the file')).toEqual(held.map((value, i) => [`V${i}`, value]));
    });
  },
);

describe('github', () => {
  it('masks each value and each of its lines, in one line of the log each', async () => {
    const write = await FORMATS.github.writer?.();
    const written = await write?.(keyed(['one', 'two%\r\nlines\n \n', ' ']), { path: '/' });
    expect(written?.announcement).toBe(
      '::add-mask::one\n::add-mask::two%25%0D%0Alines%0A %0A\n::add-mask::two%25\n::add-mask::lines\n',
    );
  });
});
