/**
 * Inspection of a message without its key, with the readers of `decrypt`.
 * @module
 */

import { Reader, toHex } from '../bytes.ts';
import { rawAesName } from '../keyrings/names.ts';
import { decodePassphraseInfo, PASSPHRASE_PROVIDER_ID } from '../keyrings/passphrase-info.ts';
import { IV_LENGTH, TAG_LENGTH } from '../limits.ts';
import { type Frame, readFrame } from '../message/body.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { type DecodedHeader, type HeaderDraft, readHeader } from '../message/header.ts';
import { suiteHex } from '../suites.ts';
import { decodeUtf8 } from '../utf8.ts';
import { inspectBlob } from './blob.ts';
import {
  collect,
  type Field,
  type InspectedDataKey,
  type InspectedFrame,
  MAX_LISTED,
  type MessageInspection,
  type Problem,
} from './inspection.ts';

/** Inspects a message, and reports the first fault as a problem. */
export function inspectMessage(bytes: Uint8Array, encoding: 'bytes' | 'base64'): MessageInspection {
  const fields: Field[] = [];
  const problems: Problem[] = [];
  const draft: HeaderDraft = { encryptedDataKeys: [] };
  const body: BodyDraft = { frameCount: 0, frames: [], plaintextLength: 0 };
  const reader = new Reader(bytes, 'MALFORMED_MESSAGE', {
    trace: (field) => {
      if (fields.length < MAX_LISTED) fields.push(field);
    },
  });
  collect(problems, () => {
    const header = readHeader(reader, Number.POSITIVE_INFINITY, draft);
    readBody(reader, header, body);
    reader.expectEnd('the message');
  });
  const header = describeHeader(draft);
  for (const [index, { blob }] of header.encryptedDataKeys.entries()) {
    const start = (draft.encryptedDataKeys[index]?.ciphertext.byteOffset ?? 0) - bytes.byteOffset;
    for (const { offset, what } of blob?.problems ?? [])
      problems.push({ offset: start + offset, what: `Encrypted data key #${index}: ${what}` });
  }
  return { kind: 'message', encoding, length: bytes.length, ...header, ...body, fields, problems };
}

interface BodyDraft {
  frameCount: number;
  frames: InspectedFrame[];
  plaintextLength: number;
  signature?: string;
}

function readBody(reader: Reader, header: DecodedHeader, body: BodyDraft): void {
  let frame: Frame;
  do {
    const { offset } = reader;
    frame = readFrame(reader, header, body.frameCount + 1);
    const length = frame.sealed.length - TAG_LENGTH;
    body.frameCount += 1;
    body.plaintextLength += length;
    if (body.frames.length < MAX_LISTED) {
      body.frames.push({ offset, kind: frame.kind, sequenceNumber: frame.sequenceNumber, length });
    }
  } while (frame.kind === 'regular');
  if (header.suite.signature !== null) body.signature = toHex(reader.take16('signature'));
}

function describeHeader(
  draft: HeaderDraft,
): Omit<MessageInspection, keyof BodyDraft | 'kind' | 'encoding' | 'length' | 'fields' | 'problems'> {
  const { suite, messageId, encryptionContext, contentType, frameLength, commitment, tag } = draft;
  return {
    ...(suite && { version: suite.messageVersion, suite: suiteHex(suite.id), suiteName: suite.name }),
    ...(messageId && { messageId: toHex(messageId) }),
    // A copy with a prototype, so that it prints and compares as other objects. `__proto__` is an ordinary pair in it.
    ...(encryptionContext && { encryptionContext: Object.fromEntries(Object.entries(encryptionContext)) }),
    encryptedDataKeys: draft.encryptedDataKeys.map(describeDataKey),
    ...(contentType && { contentType }),
    ...(frameLength !== undefined && { frameLength }),
    ...(commitment && commitment.length > 0 && { commitment: toHex(commitment) }),
    ...(tag && { headerTag: toHex(tag) }),
  };
}

function describeDataKey(key: EncryptedDataKey): InspectedDataKey {
  const providerId = decodeUtf8(key.providerId) ?? toHex(key.providerId);
  const describe = KNOWN_PROVIDERS.get(providerId) ?? describeRaw;
  return { providerId, ...describe(key), providerInfo: toHex(key.providerInfo), ciphertext: toHex(key.ciphertext) };
}

type Description = Omit<InspectedDataKey, 'providerId' | 'providerInfo' | 'ciphertext'>;

const KNOWN_PROVIDERS = new Map<string, (key: EncryptedDataKey) => Description>([
  ['aws-kms', describeKms],
  ['aws-kms-hierarchy', (key) => ({ form: 'aws-kms-hierarchy', ...named('branchKeyId', key.providerInfo) })],
  ['raw-ecdh', () => ({ form: 'raw-ecdh' })],
  ['aws-kms-ecdh', () => ({ form: 'raw-ecdh' })],
  [PASSPHRASE_PROVIDER_ID, describePassphrase],
]);

function describeKms(key: EncryptedDataKey): Description {
  return { form: 'aws-kms', ...named('keyArn', key.providerInfo), blob: inspectBlob(key.ciphertext, 'bytes') };
}

function describePassphrase({ providerInfo }: EncryptedDataKey): Description {
  const info = decodePassphraseInfo(providerInfo);
  if (info === undefined) return { form: 'unknown' };
  const { log2N, r, p, iv } = info;
  return { form: 'passphrase', scrypt: { log2N, r, p }, iv: toHex(iv) };
}

/** Describes raw keys. RSA info is the key's name alone. */
function describeRaw({ providerInfo }: EncryptedDataKey): Description {
  const aesName = rawAesName(providerInfo);
  if (aesName !== undefined) {
    const iv = toHex(providerInfo.subarray(-IV_LENGTH));
    return { form: 'raw-aes', ...named('keyName', aesName), tagLength: TAG_LENGTH * 8, iv };
  }
  const name = named('keyName', providerInfo);
  return Object.keys(name).length > 0 ? { form: 'raw-rsa', ...name } : { form: 'unknown' };
}

function named<Name extends string>(name: Name, text: Uint8Array): { readonly [N in Name]?: string } {
  const decoded = decodeUtf8(text);
  return (decoded === undefined ? {} : { [name]: decoded }) as { readonly [N in Name]?: string };
}
