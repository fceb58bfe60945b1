/** `exec --mask`: what a program prints, without the values that it was given. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskedForms } from '../src/exec/masked-forms.ts';
import { makeMaskers, SHORTEST } from '../src/exec/masker.ts';
import { runBuilt } from './built.ts';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

/** One mask for each run of places that the forms cover together; runs that only touch have one each. */
function hidden(text: string, forms: readonly string[]): string {
  let masked = '';
  let coveredTo = 0;
  for (let at = 0; at < text.length; at++) {
    const end = Math.max(0, ...forms.filter((form) => text.startsWith(form, at)).map((form) => at + form.length));
    if (end > 0 && at >= coveredTo) masked += '***';
    coveredTo = Math.max(coveredTo, end);
    if (at >= coveredTo) masked += text[at];
  }
  return masked;
}

describe('a masker', () => {
  /** Few letters, so that forms overlap, contain and repeat each other. */
  const letters = (constraints: fc.StringConstraints) =>
    fc.string({ unit: fc.constantFrom('a', 'b', '\u00ff'), ...constraints });
  const forms = fc.array(letters({ minLength: SHORTEST, maxLength: 9 }), { minLength: 1, maxLength: 6 });

  it('hides every byte of every form, also where they overlap, whatever the chunks of a text are', () => {
    fc.assert(
      fc.property(forms, fc.array(letters({ maxLength: 12 }), { maxLength: 12 }), (given, chunks) => {
        const masker = makeMaskers(given.map((form) => Buffer.from(form, 'latin1')))();
        const parts = chunks.map((chunk) => masker.write(Buffer.from(chunk, 'latin1')));
        expect(Buffer.concat([...parts, masker.end()]).toString('latin1')).toBe(hidden(chunks.join(''), given));
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps fewer bytes than the longest form has', () => {
    fc.assert(
      fc.property(forms, letters({ maxLength: 60 }), (given, text) => {
        const masker = makeMaskers(given.map((form) => Buffer.from(form, 'latin1')))();
        masker.write(Buffer.from(text, 'latin1'));
        expect(masker.end().length).toBeLessThan(Math.max(...given.map(({ length }) => length)));
      }),
    );
  });

  it('shows no end of a value that begins within another one', () => {
    const masker = makeMaskers(['abcd1234', '1234secret'].map((form) => Buffer.from(form)))();
    const parts = ['<abcd12', '34sec', 'ret>'].map((chunk) => masker.write(Buffer.from(chunk)));
    expect(Buffer.concat([...parts, masker.end()]).toString()).toBe('<***>');
  });

  it('leaves bytes as they are that are not text', () => {
    const masker = makeMaskers([Buffer.from('secret')])();
    const bytes = Buffer.from([0xff, 0xfe, 0, 0x80, 0x73, 0x65]);
    expect(Buffer.concat([masker.write(bytes), masker.end()])).toEqual(bytes);
  });
});

describe('the forms of a value', () => {
  const masked = (value: string, text: string) => {
    const masker = makeMaskers([...maskedForms(value)].map((form) => Buffer.from(form)))();
    return Buffer.concat([masker.write(Buffer.from(text)), masker.end()]).toString();
  };
  const VALUE = 'p\u00e4ss w/rd+"1"?';

  it.each([
    ['as it is', VALUE],
    ['in a URL', encodeURIComponent(VALUE)],
    ['in a form', new URLSearchParams([['', VALUE]]).toString().slice(1)],
    ['in a URL with small letters', encodeURIComponent(VALUE).toLowerCase()],
    ['in JSON', JSON.stringify(VALUE).slice(1, -1)],
    ['in base64', Buffer.from(VALUE).toString('base64')],
    ['in base64 without padding', Buffer.from(VALUE).toString('base64').replace(/=+$/, '')],
    ['in base64 for URLs', Buffer.from(VALUE).toString('base64url')],
    ['in base64 with a line end', Buffer.from(`${VALUE}\n`).toString('base64')],
  ])('%s', (_, text) => {
    expect(masked(VALUE, `<${text}>`)).toBe('<***>');
  });

  it('within base64, wherever the value begins, but for the letters that its neighbours decide too', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 9 }),
        fc.string({ minLength: 9, maxLength: 40 }),
        fc.string({ maxLength: 9 }),
        (before, value, behind) => {
          const text = Buffer.from(before + value + behind).toString('base64');
          expect(masked(value, text)).toContain('***');
          expect(Buffer.from(masked(value, text).replaceAll('***', ''), 'base64').toString('latin1')).not.toContain(
            value,
          );
        },
      ),
    );
  });

  it('in base64 of several lines, and line by line', () => {
    const key = `-----BEGIN KEY-----\n${'k3y'.repeat(70)}\n-----END KEY-----`;
    const lines = (
      Buffer.from(key)
        .toString('base64')
        .match(/.{1,76}/g) ?? []
    ).join('\n');
    expect(masked(key, lines)).toBe(lines.replaceAll(/.+/g, '***'));
    expect(
      masked(
        key,
        key
          .split('\n')
          .map((line) => `> ${line}`)
          .join('\n'),
      ),
    ).toBe('> ***\n> ***\n> ***');
  });
});

describe('exec --mask', () => {
  const folder = makeFolder();
  const store = join(folder, 'store');
  const env = { ...process.env, SECURESTRING_HOME: store };
  beforeAll(async () => {
    expect(await hereIn(store, 'init', '--generate-root-key')).toMatchObject({ code: 0 });
    for (const [name, value] of [
      ['password', 'correct horse'],
      ['pin', '123'],
    ] as const) {
      await hereIn(store, 'put', `/a/${name}`, value, '--type', 'String');
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('prints neither value nor base64 on either stream, across chunks, and says what is too short', async () => {
    const script = `
      printf '<%s>' "$PASSWORD"; printf '%s' "$PASSWORD" | base64; printf "($PASSWORD)" >&2
      printf 'correct '; sleep 0.2; printf 'horse %s\\n' "$PIN"; printf 'correct h'; exit 3`;
    const { code, out, err } = await runBuilt(['exec', '/a', '--mask', '--', 'sh', '-c', script], { env });
    expect({ code, out }).toEqual({ code: 3, out: '<***>***\n*** 123\ncorrect h' });
    expect(err).toBe('warning: not masked, since shorter than 4 bytes: PIN\n(***)');
  });

  it('hands on any amount of output, as it is', async () => {
    const script = 'process.stdout.write(Buffer.alloc(20e6, "0123456789correct hors"))';
    const { out } = await runBuilt(['exec', '/a', '--mask', '--', process.execPath, '-e', script], { env });
    expect(out).toBe('0123456789correct hors'.repeat(1e6).slice(0, 20e6));
  });
});
