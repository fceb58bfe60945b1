/**
 * What `import` reads of other formats, what it refuses, and that a refusal shows nothing of a value.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORMATS, type FormatName, formatOfFile, formatsWith } from '../../src/formats/formats.ts';

const secretOf = (data: string) => `apiVersion: v1\nkind: Secret\n${data}`;

const READ: readonly (readonly [FormatName, string, Readonly<Record<string, string>>])[] = [
  ['properties', 'a=1\nb : 2\nc 3\n# no\n ! no\n\nd=\ne', { a: '1', b: '2', c: '3', d: '', e: '' }],
  ['properties', '  a\\ b\\=c = x\\\n   y\\\\\nz=\\u00e9\\t', { 'a b=c': 'xy\\', z: 'é\t' }],
  ['properties', 'a=1\\\r\n  # two\r\nb=\\q\\', { a: '1# two', b: 'q' }],
  ['tfvars', 'a = "1"\n# no\n// no\n\n"b"="x\\n\\"$${%%{\\u00e9\\U0001f600$" # yes', { a: '1', b: 'x\n"${%{é😀$' }],
  ['docker', 'A=1 # one\n  B="2"  \r\n# no\n\nC==', { A: '1 # one', B: '"2"  ', C: '=' }],
  [
    'yaml',
    'a: text\nb: "0123"\nc: |\n  two\n  lines\n"d e": \'x\'',
    { a: 'text', b: '0123', c: 'two\nlines\n', 'd e': 'x' },
  ],
  ['yaml', '{"a": "\\ud83d\\ude00"}', { a: '😀' }],
  ['kubernetes', secretOf('data:\n  A: eA==\n  B: ""\nstringData:\n  C: y'), { A: 'x', B: '', C: 'y' }],
  ['kubernetes', secretOf('data: {A: eA==}\nstringData: {A: y}'), { A: 'y' }],
  ['kubernetes', '{"kind": "Secret", "data": {"A": "eA=="}}', { A: 'x' }],
];

const REFUSED: readonly (readonly [FormatName, string, string])[] = [
  ['properties', 'a=1\nb=sécret', 'line 2 is ambiguous. Java reads'],
  ['properties', 'a=\\u12secret', 'line 1 has a \\u without four digits'],
  ['properties', 'a=\\ud83dsecret', 'line 1 has half of a character'],
  ['properties', 'a=1\n\na:secret', 'line 3 has the name of line 1'],
  ['properties', '=secret', 'line 1 has no name'],
  ['tfvars', 'a = 1\n', 'line 1 is not NAME = "VALUE"'],
  ['tfvars', 'a = "1"\nb = ["secret"]\n', 'line 2 is not NAME'],
  ['tfvars', 'a = <<EOT\nsecret\nEOT\n', 'line 1 is not NAME'],
  ['tfvars', `a = "\${secret}"`, 'line 1 has a template'],
  ['tfvars', 'a = "secret$$${"', 'line 1 has a template'],
  ['tfvars', 'a = "secret\\q"', 'line 1 has a template'],
  ['tfvars', 'a = "secret\\U00110000"', 'line 1 has a template'],
  ['tfvars', 'a = "secre\u0074\u0301"\nb = "e\u0301secret"', 'line 2 has a template'],
  ['tfvars', 'a = "1"\na = "secret"', 'line 2 has the name of line 1'],
  ['docker', 'A=1\nHOME\n', 'line 2 is not NAME=VALUE'],
  ['docker', 'A B=secret', 'line 1 is not NAME=VALUE'],
  ['docker', 'A=sec\rret', 'line 1 has a carriage return'],
  ['docker', 'A=1\nA=secret', 'line 2 has the name of line 1'],
  ['yaml', 'a: 1', 'The value of a must be a text, in quotes'],
  ['yaml', 'a: no', 'The value of a must be a text, in quotes'],
  ['yaml', 'a: 0o17', 'The value of a must be a text, in quotes'],
  ['yaml', 'a: 12:30:45', 'The value of a must be a text, in quotes'],
  ['yaml', 'a: {b: secret}', 'The value of a must be a text, in quotes'],
  ['yaml', 'a: x\na: secret', 'line 2 is not YAML (DUPLICATE_KEY)'],
  ['yaml', 'a: "secret\nb: x', 'is not YAML'],
  ['yaml', 'a: x\n---\nb: secret', 'is not YAML'],
  ['yaml', '0x10: secret', 'must be a YAML mapping of names and texts'],
  ['yaml', '- secret', 'must be a YAML mapping'],
  ['yaml', 'a: *secret', 'has an alias'],
  ['yaml', secretOf('data: {A: eA==}'), 'give --format kubernetes'],
  ['kubernetes', 'kind: ConfigMap\ndata: {a: secret}', 'is not a Secret'],
  ['kubernetes', secretOf('data: {A: secret!}'), 'The value of A is not base64'],
  ['kubernetes', secretOf('data: {A: /w==}'), 'The value of A is not UTF-8'],
  ['kubernetes', secretOf('stringData: {A: 1}'), 'The value of A must be a text'],
];

describe('import', () => {
  it.each(READ)('reads %s: %j', async (format, text, values) => {
    const read = await FORMATS[format].reader?.();
    expect(Object.fromEntries(read?.(text, 'The file') ?? [])).toEqual(values);
  });

  it.each(REFUSED)('refuses %s: %j', async (format, text, said) => {
    const read = (await FORMATS[format].reader?.()) ?? expect.fail();
    expect(() => read(text, 'The file')).toThrow(said);
    expect(() => read(text, 'The file')).not.toThrow(/secret(?!s? of)/i.test(said) ? /\0/ : /secret/);
    expect(() => read(text, 'The file')).toThrow(/Nothing was imported\.$/);
  });

  it.each([
    ['.env', 'dotenv'],
    ['a.json', 'json'],
    ['a.yaml', 'yaml'],
    ['a/b.yml', 'yaml'],
    ['application.properties', 'properties'],
    ['terraform.tfvars', 'tfvars'],
    ['-', 'dotenv'],
  ])('takes %s to be %s', (file, format) => {
    expect(formatOfFile(file)).toBe(format);
  });

  it.each(['Import', 'Export'])('is described by the page of files, under %s', (heading) => {
    const page = readFileSync(new URL('../../../../docs/cli/import-export.md', import.meta.url), 'utf8');
    const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) => row.split('|')[1]?.match(/[a-z]+/g) ?? []);
    expect(named.sort()).toEqual([...formatsWith(heading === 'Import' ? 'reader' : 'writer')].sort());
  });

  it('and export have the formats that have a reader, and a writer', () => {
    expect(formatsWith('reader')).toEqual(['dotenv', 'json', 'yaml', 'properties', 'tfvars', 'docker', 'kubernetes']);
    expect(formatsWith('writer')).toEqual(Object.keys(FORMATS));
  });
});
