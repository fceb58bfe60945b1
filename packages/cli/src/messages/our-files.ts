/**
 * What the clear beginnings of our own files say: of a backup, and of an envelope with keys. Their forms are in
 * `backup/header.ts`, and in `document/envelope.ts` of the keystore. Nothing is verified: that needs the secret.
 * @module
 */

import type { Inspection } from '@securestring/core';
import { counted, shown } from '@securestring/core/quoted';
import type { Colours } from '../output/colour.ts';
import { fieldLines } from '../output/map.ts';
import { facts } from '../output/table.ts';

export interface OurFile extends Pick<Inspection, 'encoding' | 'length' | 'fields' | 'problems'> {
  readonly kind: 'backup' | 'key-envelope';
  readonly version: number;
  /** Absent if the file names another way. */
  readonly openedWith?: 'passphrase' | 'key file';
  /** Of a passphrase: N is 2 to the power of `log2N`. */
  readonly scrypt?: { readonly log2N: number; readonly r: number; readonly p: number };
}

/** A field's name and its length; the rest of the file where that is negative. */
type Layout = readonly (readonly [name: string, length: number])[];

interface Form {
  readonly magic: string;
  readonly title: string;
  /** Where the byte is that says what opens it: 1 a passphrase, 2 a key. */
  readonly wayAt: number;
  /** Where scrypt's numbers are, if it is a passphrase. */
  readonly scryptAt: number;
  readonly layout: (bytes: Buffer) => Layout;
  readonly advice: string;
}

const VERSION_AT = 8;
const SCRYPT: Layout = [
  ['scrypt log2 N', 1],
  ['scrypt r', 1],
  ['scrypt p', 1],
];
const START: Layout = [
  ['magic', 8],
  ['version', 2],
];

const FORMS: Readonly<Record<OurFile['kind'], Form>> = {
  backup: {
    magic: 'SSBACKUP',
    title: 'backup of a store',
    wayAt: 10,
    scryptAt: 27,
    layout: () => [...START, ['kind of secret', 1], ['salt', 16], ...SCRYPT, ['Encryption SDK message', -1]],
    advice: 'securestring restore FILE makes a store of it.',
  },
  'key-envelope': {
    magic: 'SSKEYENV',
    title: 'envelope with keys of a store',
    wayAt: 19,
    scryptAt: 36,
    layout: (bytes) => [
      ...START,
      ['version of blobs', 1],
      ['metadata length', 4],
      ['sealed length', 4],
      ['kind of secret', 1],
      ...(bytes[19] === 1 ? ([['salt', 16], ...SCRYPT] satisfies Layout) : []),
      ['wrapped envelope key', 40],
      ['metadata', bytes.length < 15 ? 0 : bytes.readUInt32BE(11)],
      ['checksum', 32],
      ['sealed keys', bytes.length < 19 ? 0 : bytes.readUInt32BE(15)],
    ],
    advice: 'securestring key import FILE takes the keys in.',
  },
};

/** Describes a file of ours; `undefined` for all others. */
export function inspectOurs(input: Uint8Array): OurFile | undefined {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
  const kind = (Object.keys(FORMS) as OurFile['kind'][]).find((each) => {
    return bytes.subarray(0, VERSION_AT).toString('latin1') === FORMS[each].magic;
  });
  if (kind === undefined || bytes.length < VERSION_AT + 2) return undefined;
  const { wayAt, scryptAt, layout } = FORMS[kind];
  const way = bytes[wayAt];
  const openedWith = ([undefined, 'passphrase', 'key file'] as const)[way ?? 0];
  const [log2N = 0, r = 0, p = 0] = bytes.subarray(scryptAt, scryptAt + SCRYPT.length);
  return {
    kind,
    encoding: 'bytes',
    length: bytes.length,
    version: bytes.readUInt16BE(VERSION_AT),
    ...(openedWith !== undefined && { openedWith }),
    ...(openedWith === 'passphrase' && { scrypt: { log2N, r, p } }),
    ...laidOut(bytes, layout(bytes)),
  };
}

function laidOut(bytes: Buffer, layout: Layout): Pick<OurFile, 'fields' | 'problems'> {
  const fields: { offset: number; length: number; name: string }[] = [];
  let offset = 0;
  for (const [name, given] of layout) {
    const length = given < 0 ? bytes.length - offset : given;
    if (offset + length > bytes.length) {
      const what = `Cut short: ${name} needs ${counted(length, 'byte')}, ${bytes.length - offset} left`;
      return { fields, problems: [{ offset, what }] };
    }
    fields.push({ offset, length, name });
    offset += length;
  }
  const rest = bytes.length - offset;
  return {
    fields,
    problems: rest === 0 ? [] : [{ offset, what: `The last field is followed by ${counted(rest, 'byte')}` }],
  };
}

/** The same for people, as `inspect` shows messages. */
export function mapOfOurs(file: OurFile, bytes: Uint8Array, colour: Colours): string {
  const { title, advice } = FORMS[file.kind];
  const scrypt = file.scrypt && `, scrypt N=2^${file.scrypt.log2N} r=${file.scrypt.r} p=${file.scrypt.p}`;
  const parts = [
    colour.bold(`${title}, ${file.length} bytes`),
    fieldLines(file, bytes, colour),
    facts(
      [
        ['Opened with', file.openedWith && `${file.openedWith}${scrypt ?? ''}`],
        ['Use', advice],
      ],
      colour,
    ),
    ...file.problems.map(({ offset, what }) => colour.red(`problem at byte ${offset}: ${shown(what)}`)),
  ];
  return parts.join('\n\n');
}
