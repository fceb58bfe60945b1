/**
 * Messages with one fault: how the error describes it, and that its offset is where the wrong field begins.
 * @module
 */

import { decrypt } from '@securestring/core';
import {
  appended,
  concat,
  counting,
  hex,
  prefixed,
  toBase64,
  truncations,
  u16,
  u32,
  utf8,
} from '@securestring/test-support/bytes';
import { type Handmade, type HandmadeOptions, handmade } from '@securestring/test-support/handmade';
import { fixedKeyring } from '@securestring/test-support/keyrings';
import { malformation, tryAll } from '@securestring/test-support/refusal';
import { describe, expect, it } from 'vitest';

const DATA_KEY = counting(32, 50);
const CONTEXT = serialised([utf8('purpose'), utf8('test')]);

const read = (message: Uint8Array) =>
  decrypt(message, { keyring: fixedKeyring(DATA_KEY), commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' });

describe('the message that the faults are put into', () => {
  it.each([1, 2] as const)('version %i is read as long as it has none', (version) => {
    expect(read(message(version).bytes).plaintext).toEqual(counting(24));
  });
});

describe('the start', () => {
  it('nothing at all', () => {
    expect(malformation(() => read(new Uint8Array(0)))).toMatchObject({ offset: 0, what: 'The message is empty' });
  });

  it.each([0, 3, 0x41, 0xff])('version %i', (version) => {
    const { bytes } = message(2).with('version', Uint8Array.of(version));
    expect(malformation(() => read(bytes))).toMatchObject({ offset: 0, what: expect.stringContaining(`${version}`) });
  });

  it.each([1, 2] as const)('base64 text of version %i: the message says to decode it', (version) => {
    const error = malformation(() => read(utf8(toBase64(message(version).bytes))));
    expect(error).toMatchObject({ offset: 0, message: expect.stringMatching(/base64.*decode/) });
  });

  it.each(['AYAA', 'AYAB', 'AYAC', 'AYAD', 'AgR4', 'AgV4'])('base64 text that begins with %s', (start) => {
    expect(malformation(() => read(utf8(`${start}AAAA`))).what).toContain('base64');
  });

  it('other text is not taken for base64 of a message', () => {
    expect(malformation(() => read(utf8('AQECAHgn'))).what).not.toContain('base64');
  });
});

/** A fault: the part that it is put into, and the bytes that replace that part. */
interface Fault {
  readonly name: string;
  readonly version?: 1 | 2;
  readonly part: string;
  readonly bytes: Uint8Array;
  /** Where the offset points. Default: where the fault is. */
  readonly blamed?: string;
  readonly what: RegExp;
}

const PAIR = [utf8('a'), utf8('1')] as const;
const BAD_UTF8 = hex('ff');

const HEADER_FAULTS: readonly Fault[] = [
  { name: 'another type than 80', version: 1, part: 'type', bytes: hex('81'), what: /type/ },
  { name: 'suite 0000', part: 'suite id', bytes: hex('0000'), what: /Unknown suite 0x0000/ },
  { name: 'a suite that does not exist', part: 'suite id', bytes: hex('0678'), what: /Unknown suite 0x0678/ },
  {
    name: 'a committing suite in version 1',
    version: 1,
    part: 'suite id',
    bytes: hex('0478'),
    what: /0x0478 belongs to message version 2, not 1/,
  },
  {
    name: 'a committing, signing suite in version 1',
    version: 1,
    part: 'suite id',
    bytes: hex('0578'),
    what: /0x0578 belongs to message version 2, not 1/,
  },
  {
    name: 'a suite without commitment in version 2',
    version: 2,
    part: 'suite id',
    bytes: hex('0178'),
    what: /0x0178 belongs to message version 1, not 2/,
  },
  {
    name: 'a signing suite without a public key',
    version: 2,
    part: 'suite id',
    bytes: hex('0578'),
    blamed: 'context length',
    what: /aws-crypto-public-key/,
  },
  { name: 'no encrypted data keys', part: 'data key count', bytes: u16(0), what: /at least one encrypted data key/ },
  { name: 'a provider id that is not UTF-8', part: 'provider id', bytes: prefixed(BAD_UTF8), what: /provider id/ },
  { name: 'content type 0', part: 'content type', bytes: hex('00'), what: /content type/ },
  { name: 'content type 3', part: 'content type', bytes: hex('03'), what: /content type/ },
  { name: 'reserved bytes', version: 1, part: 'reserved', bytes: u32(1), what: /reserved/ },
  { name: 'reserved bytes at the front', version: 1, part: 'reserved', bytes: u32(2 ** 31), what: /reserved/ },
  { name: 'an IV length of 16', version: 1, part: 'IV length', bytes: hex('10'), what: /IV length/ },
  { name: 'an IV length of 0', version: 1, part: 'IV length', bytes: hex('00'), what: /IV length/ },
  { name: 'frame length 0', part: 'frame length', bytes: u32(0), what: /frame length above 0/ },
  {
    name: 'a frame length without frames',
    part: 'content type',
    bytes: hex('01'),
    blamed: 'frame length',
    what: /frame length 0/,
  },
];

describe('the header', () => {
  it.each(casesOf(HEADER_FAULTS))('%s', (_, fault) => {
    const correct = message(fault.version ?? 2);
    const { bytes } = correct.with(fault.part, fault.bytes);
    const error = malformation(() => read(bytes));
    expect(error.what).toMatch(fault.what);
    expect(error.offset).toBe(correct.offsetOf(fault.blamed ?? fault.part));
    expect(error.message).toContain(`at byte ${error.offset}`);
  });
});

describe('the encryption context', () => {
  it.each([
    ['a name that occurs twice', serialised(PAIR, PAIR), 2 + 6, /"a" occurs twice/],
    ['a name that occurs twice with another value', serialised(PAIR, [utf8('a'), utf8('2')]), 2 + 6, /occurs twice/],
    ['a name that is not UTF-8', serialised([BAD_UTF8, utf8('1')]), 2, /key is not valid UTF-8/],
    ['a value that is not UTF-8', serialised([utf8('a'), BAD_UTF8]), 2 + 3, /value is not valid UTF-8/],
    ['a pair more than the count', concat(serialised(PAIR), serialised(PAIR).subarray(2)), 2 + 6, /6 unexpected byte/],
    ['a pair less than the count', concat(u16(2), serialised(PAIR).subarray(2)), 2 + 6, /Cut short/],
    ['a name longer than the section', concat(u16(1), u16(3), utf8('a')), 4, /Cut short/],
    ['half a count', hex('00'), 0, /Cut short/],
    [
      'a public key, though the suite does not sign',
      serialised([utf8('aws-crypto-public-key'), utf8('x')]),
      -2,
      /exactly if the suite signs/,
    ],
  ])('%s', (_, context, at, what) => {
    for (const version of [1, 2] as const) {
      const faulty = message(version, { context });
      const error = malformation(() => read(faulty.bytes));
      expect(error.what).toMatch(what);
      expect(error.offset).toBe(faulty.offsetOf('context') + at);
    }
  });
});

// Every frame here has a valid tag for its number and place: only the rule itself can refuse it.
describe('the frames', () => {
  const [a, b, c] = [counting(16), counting(16, 16), counting(8, 32)];

  it.each([
    ['a frame is skipped', [{ content: a }, { content: b, sequenceNumber: 3 }, { content: c, sequenceNumber: 4 }], 2],
    ['a frame is repeated', [{ content: a }, { content: a, sequenceNumber: 1 }, { content: c, sequenceNumber: 2 }], 2],
    ['frames are exchanged', [{ content: a, sequenceNumber: 2 }, { content: b, sequenceNumber: 1 }, { content: c }], 1],
    [
      'the numbers begin at 0',
      [
        { content: a, sequenceNumber: 0 },
        { content: c, sequenceNumber: 1 },
      ],
      1,
    ],
    [
      'the numbers begin at 2',
      [
        { content: a, sequenceNumber: 2 },
        { content: c, sequenceNumber: 3 },
      ],
      1,
    ],
    ['the final frame skips a number', [{ content: a }, { content: c, sequenceNumber: 3 }], 2],
    ['the final frame repeats a number', [{ content: a }, { content: c, sequenceNumber: 1 }], 2],
    ['the only frame has number 2', [{ content: c, sequenceNumber: 2 }], 1],
  ])('%s', (_, frames, wrong) => {
    for (const version of [1, 2] as const) {
      const faulty = message(version, { frames });
      const error = malformation(() => read(faulty.bytes));
      expect(error.what).toMatch(/Frame \d is in the place of frame \d/);
      expect(error.offset).toBe(faulty.offsetOf(`frame ${wrong} number`));
    }
  });

  it('the final frame is longer than the frame length', () => {
    for (const version of [1, 2] as const) {
      const faulty = message(version, { frames: [{ content: a }, { content: counting(17) }] });
      const error = malformation(() => read(faulty.bytes));
      expect(error.what).toContain('length of 17 bytes exceeds the frame length 16');
      expect(error.offset).toBe(faulty.offsetOf('frame 2 length'));
    }
  });

  it('a frame is announced with 2^32 - 1 bytes that are not there', () => {
    for (const version of [1, 2] as const) {
      const faulty = message(version, { frameLength: 2 ** 32 - 1, frames: [{ content: a }, { content: c }] });
      const error = malformation(() => read(faulty.bytes));
      expect(error.what).toMatch(/Cut short/);
      expect(error.offset).toBe(faulty.offsetOf('frame 1 IV'));
    }
  });

  it('there is no final frame', () => {
    const correct = message(2);
    const error = malformation(() => read(correct.before('frame 2 marker')));
    expect(error.what).toMatch(/Cut short/);
    expect(error.offset).toBe(correct.offsetOf('frame 2 marker'));
  });
});

describe('the end', () => {
  it.each([1, 2] as const)('bytes behind version %i are refused where they begin', (version) => {
    const { bytes } = message(version);
    for (const mutant of [...appended(bytes), { bytes: concat(bytes, bytes) }]) {
      const error = malformation(() => read(mutant.bytes));
      expect(error.what).toMatch(/unexpected byte/);
      expect(error.offset).toBe(bytes.length);
    }
  });

  it.each([1, 2] as const)('version %i cut anywhere is malformed, and the fault lies within it', (version) => {
    const { bytes } = message(version);
    const cut = (shorter: Uint8Array) => {
      const error = malformation(() => read(shorter));
      expect(error.what).toMatch(/Cut short|empty/);
      expect(error.offset).toBeLessThanOrEqual(shorter.length);
      throw error;
    };
    expect(tryAll(truncations(bytes), cut)).toEqual({ refused: bytes.length, others: [] });
  });
});

function casesOf(faults: readonly Fault[]): [string, Fault][] {
  return faults.flatMap((fault) =>
    fault.version === undefined
      ? [1 as const, 2 as const].map((version): [string, Fault] => [
          `${fault.name} (version ${version})`,
          { ...fault, version },
        ])
      : [[fault.name, fault] as [string, Fault]],
  );
}

function message(version: 1 | 2, options: Partial<HandmadeOptions> = {}): Handmade {
  return handmade({
    suite: version === 1 ? 0x0178 : 0x0478,
    dataKey: DATA_KEY,
    context: CONTEXT,
    frameLength: 16,
    frames: [{ content: counting(16) }, { content: counting(8, 16) }],
    ...options,
  });
}

function serialised(...pairs: readonly (readonly [Uint8Array, Uint8Array])[]): Uint8Array<ArrayBuffer> {
  return concat(u16(pairs.length), ...pairs.flat().map(prefixed));
}
