/**
 * `import` of JSON with a name that is there twice.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const importing = (stdin: string) =>
  here(['import', '-', '/app', '--format', 'json', '--type', 'String'], { stdin, env: { SECURESTRING_HOME: store } });

beforeAll(async () => {
  expect((await hereIn(store, 'init', '--generate-root-key')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('import of JSON', () => {
  it.each([
    ['{\n  "a": "1",\n  "b": "2",\n  "a": "3"\n}', 'line 4 has "a" again, as line 2 does'],
    ['{"a": "1", "a": "1"}', 'line 1 has "a" twice'],
    ['{"a": "1",\r\n"\\u0061": "2"}', 'line 2 has "a" again, as line 1 does'],
    ['{"__proto__": "1",\n"__proto__": "2"}', 'line 2 has "__proto__" again, as line 1 does'],
    ['{"a": {"b": [1, {"a": 2}]},\n"a": "1"}', 'line 2 has "a" again, as line 1 does'],
    ['{"q\\"": "1",\n"q\\"": "2"}', 'line 2 has "q\\"" again, as line 1 does'],
    [
      `{"${'é\u202e'.repeat(200)}": "1",\n"${'é\u202e'.repeat(200)}": "2"}`,
      `line 2 has "${'é\\u202e'.repeat(128)}…" again, as line 1 does`,
    ],
  ])('refuses two equal names in %j, and imports nothing', async (text, where) => {
    expect(await importing(text)).toEqual({
      code: 1,
      out: '',
      err: `error: Standard input: ${where}. Nothing was imported.\n`,
    });
    expect((await hereIn(store, 'list')).out).not.toContain('/app');
  });

  it('takes values that look like names, brackets or line ends', async () => {
    const values = { one: '{"one": [', two: 'one', three: '":{\n' };
    expect((await importing(JSON.stringify(values))).code).toBe(0);
    const { out } = await hereIn(store, 'export', '/app', '--format', 'json');
    expect(JSON.parse(out)).toEqual({ '/app/one': values.one, '/app/two': values.two, '/app/three': values.three });
    expect((await hereIn(store, 'delete', '/app/one', '/app/two', '/app/three')).code).toBe(0);
  });
});
