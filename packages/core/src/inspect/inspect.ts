/**
 * Inspection of any ciphertext without a key.
 * @module
 */

import { decodeBase64 } from '../base64.ts';
import { requireBytes } from '../bytes.ts';
import { blobKind, inspectBlob } from './blob.ts';
import type { Inspection, Problem } from './inspection.ts';
import { inspectMessage } from './message.ts';

/**
 * Explains an Encryption SDK message, a key blob of this engine, or a blob of AWS KMS. The input is bytes, or base64 as
 * text or as bytes. The result is plain JSON with bytes as hex. It needs no key and verifies nothing.
 *
 * It does not throw for damaged input: each fault is in `problems` with its offset, and the result has all fields
 * before the fault. The first bytes decide the kind of a damaged input.
 *
 * @throws `TypeError` if the input is neither bytes nor text.
 * @example
 * inspect('AQECAHgn…').kind; // 'aws-kms-blob'
 */
export function inspect(input: Uint8Array | string): Inspection {
  if (typeof input === 'string') return inspectText(input);
  requireBytes(input, 'The input of inspect');
  const kind = formatOf(input);
  if (kind !== 'unknown') return inspectAs(kind, input, 'bytes', []);
  const asText = inspectText(latin1.decode(input));
  return asText.kind === 'unknown' ? inspectAs('unknown', input, 'bytes', []) : asText;
}

type Kind = Inspection['kind'];

const latin1 = new TextDecoder('latin1');

function inspectText(text: string): Inspection {
  const compact = text.replaceAll(/\s/g, '');
  const problems: Problem[] =
    compact.length < text.length
      ? [{ offset: 0, what: 'The base64 has white space in it, which a sealed value must not have' }]
      : [];
  const bytes = decodeBase64(compact);
  if (typeof bytes !== 'number') return inspectAs(formatOf(bytes), bytes, 'base64', problems);
  const offset = placeIn(text, bytes);
  problems.push({ offset, what: `This text is not canonical base64: character ${offset} is wrong` });
  // The bytes before the fault show the kind.
  const before = decodeBase64(compact.slice(0, bytes - (bytes % 4)));
  return typeof before === 'number' || formatOf(before) === 'unknown'
    ? { kind: 'unknown', encoding: 'base64', length: text.length, fields: [], problems }
    : inspectAs(formatOf(before), before, 'base64', problems);
}

/** Returns the index in a text of the character that has index `index` without the white space. */
function placeIn(text: string, index: number): number {
  let at = 0;
  for (let passed = 0; at < text.length; at++) {
    if (/\s/.test(text.charAt(at))) continue;
    if (passed === index) break;
    passed += 1;
  }
  return at;
}

function formatOf(bytes: Uint8Array): Kind {
  if (bytes[0] === 0x02 || (bytes[0] === 0x01 && bytes[1] === 0x80)) return 'message';
  return blobKind(bytes) ?? 'unknown';
}

function inspectAs(
  kind: Kind,
  bytes: Uint8Array,
  encoding: 'bytes' | 'base64',
  problems: readonly Problem[],
): Inspection {
  if (kind === 'unknown') {
    const what =
      bytes.length === 0
        ? 'There is nothing to inspect'
        : 'The first bytes are neither those of a message nor of a key blob';
    return { kind, encoding, length: bytes.length, fields: [], problems: [...problems, { offset: 0, what }] };
  }
  const found = kind === 'message' ? inspectMessage(bytes, encoding) : inspectBlob(bytes, encoding);
  return { ...found, problems: [...problems, ...found.problems] };
}
