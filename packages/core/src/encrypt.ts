/**
 * Encryption, in the order of client-apis/encrypt.md: policy, materials, header, frames, signature.
 * @module
 */

import { PLAIN_TEXT_HINT, requireBytes, Writer } from './bytes.ts';
import {
  ASYNC_ENCRYPT_OPTIONS,
  checkMaterials,
  ENCRYPT_OPTIONS,
  type EncryptionPlan,
  type EncryptOptions,
  messageLength,
  planEncryption,
} from './encryption-plan.ts';
import { type Awaitable, after } from './keyrings/awaitable.ts';
import { wipeDataKey } from './keyrings/checked.ts';
import type { AsyncKeyring, WrappedDataKey } from './keyrings/keyring.ts';
import { REGULAR_FRAME_OVERHEAD, TAG_LENGTH } from './limits.ts';
import { frameCount, framedBodyLength, writeFrameStart } from './message/body.ts';
import { type EncryptedDataKey, ownEncryptedDataKey } from './message/encrypted-data-keys.ts';
import {
  type HeaderBody,
  type MessageHeader,
  messageHeader,
  reserveHeaderTag,
  writeHeaderBody,
} from './message/header.ts';
import { number, takeOptions } from './options.ts';
import { closeMessageKey, deriveMessageKey, type MessageKey } from './sealing/derive.ts';
import { encryptFrame, encryptFrameApart, type FrameCipher } from './sealing/frames.ts';
import { sealHeader } from './sealing/header-auth.ts';
import { sign } from './sealing/signature.ts';

/** The result of `encrypt`. */
export interface EncryptResult {
  /** The whole message. */
  readonly message: Uint8Array<ArrayBuffer>;
  /** The content of its header, which holds no secret. */
  readonly header: MessageHeader;
}

/** The options that the message will be encrypted with. */
export type EstimateOptions = EncryptOptions;

/**
 * Encrypts into an AWS Encryption SDK message: framed, authenticated, committed to its key. Every Encryption SDK can
 * read it.
 *
 * The message has exactly the number of bytes that {@link estimateMessageSize} returns, so its length reveals that of
 * the plaintext. It has at most 2^32 - 1 frames. The data key is wiped before this function returns.
 *
 * @throws `TypeError` or `RangeError` if an argument is of the wrong type or size.
 * @throws `PolicyError`: `COMMITMENT_POLICY`, `RESERVED_ENCRYPTION_CONTEXT_KEY`, `ENCRYPTED_DATA_KEY_LIMIT`,
 *   `MESSAGE_TOO_LONG`.
 * @throws `KeyringResultError` if the result of the keyring cannot be used, and whatever the keyring throws.
 * @example
 * const keyring = rawAesKeyring({ keyNamespace: 'my-app', keyName: 'key-1', wrappingKey }); const { message } =
 * encrypt(new TextEncoder().encode('secret_value'), { keyring, encryptionContext: { purpose: 'test' } });
 */
export function encrypt(plaintext: Uint8Array, options: EncryptOptions): EncryptResult {
  requireBytes(plaintext, 'The plaintext', PLAIN_TEXT_HINT);
  const own = takeOptions('encrypt', options, ENCRYPT_OPTIONS);
  const plan = planEncryption(plaintext.length, own);
  return sealMessage(plan, plaintext, own.keyring.wrapDataKey(plan.request));
}

/**
 * Encrypts as {@link encrypt} does, with a keyring whose methods may return promises. Options and context are copied
 * before the keyring is called; the plaintext is read after the keyring's promise has resolved.
 *
 * @example
 * const { message } = await encryptAsync(plaintext, { keyring: remoteKeyring });
 */
export async function encryptAsync(
  plaintext: Uint8Array,
  options: EncryptOptions<AsyncKeyring>,
): Promise<EncryptResult> {
  requireBytes(plaintext, 'The plaintext', PLAIN_TEXT_HINT);
  return encryptAwaitable('encryptAsync', plaintext, options);
}

/** Encrypts for the function `name`: at once if the keyring returns no promise. */
export function encryptAwaitable(
  name: string,
  plaintext: Uint8Array,
  options: EncryptOptions<AsyncKeyring>,
): Awaitable<EncryptResult> {
  const own = takeOptions(name, options, ASYNC_ENCRYPT_OPTIONS);
  const plan = planEncryption(plaintext.length, own);
  const wrapped = own.keyring.wrapDataKey(plan.request);
  return after(wrapped, (value) => sealMessage(plan, plaintext, value));
}

/**
 * Returns the exact number of bytes of the message that {@link encrypt} makes of `plaintextLength` bytes under the same
 * options.
 *
 * It asks the keyring to wrap one data key, since only the keyring knows the length of its encrypted data keys, and
 * wipes that key. For a key service this is one more request.
 *
 * @throws as {@link encrypt} does.
 * @example
 * const bytes = estimateMessageSize({ keyring, encryptionContext: { purpose: 'test' } }, 4096);
 */
export function estimateMessageSize(options: EstimateOptions, plaintextLength: number): number {
  const own = takeOptions('estimateMessageSize', options, ENCRYPT_OPTIONS);
  number(plaintextLength, 'plaintextLength');
  if (!Number.isSafeInteger(plaintextLength) || plaintextLength < 0) {
    throw new RangeError(`plaintextLength must be a whole number of bytes, not ${plaintextLength}.`);
  }
  const plan = planEncryption(plaintextLength, own);
  const wrapped = own.keyring.wrapDataKey(plan.request);
  try {
    checkMaterials(plan, wrapped);
    return messageLength(plan, wrapped.encryptedDataKeys, plaintextLength);
  } finally {
    wipeDataKey(wrapped);
  }
}

/** Writes the message under the keyring's data key, and wipes that key. */
function sealMessage(plan: EncryptionPlan, plaintext: Uint8Array, wrapped: WrappedDataKey): EncryptResult {
  const { messageId, messageKey } = beginMessage(plan, wrapped);
  try {
    const { encryptedDataKeys } = wrapped;
    const writer = new Writer(new Uint8Array(messageLength(plan, encryptedDataKeys, plaintext.length)));
    const { cipher, header } = writeHeader(writer, plan, messageId, encryptedDataKeys, messageKey);
    sealFrames(writer, cipher, plaintext, plan.frameLength);
    if (plan.signing !== undefined) {
      const { suite, keyPair } = plan.signing;
      writer.raw16(sign(suite, keyPair, writer.bytes.subarray(0, writer.offset)));
    }
    return { message: writer.bytes, header: ownHeader(plan, header, messageId) };
  } finally {
    closeMessageKey(messageKey);
  }
}

/** Checks the keyring's result and derives the message's key, which the caller closes. Wipes the data key. */
export function beginMessage(
  plan: EncryptionPlan,
  wrapped: WrappedDataKey,
): { messageId: Uint8Array; messageKey: MessageKey } {
  try {
    checkMaterials(plan, wrapped);
    const messageId = new Uint8Array(plan.suite.messageIdLength);
    plan.provider.randomFill(messageId);
    return { messageId, messageKey: deriveMessageKey(plan.provider, plan.suite, wrapped.plaintextDataKey, messageId) };
  } finally {
    wipeDataKey(wrapped);
  }
}

/** Writes header and header authentication, and prepares the frames. The header has the keyring's arrays. */
export function writeHeader(
  writer: Writer,
  plan: EncryptionPlan,
  messageId: Uint8Array,
  encryptedDataKeys: readonly EncryptedDataKey[],
  { key, commitment }: MessageKey,
): { cipher: FrameCipher; header: HeaderBody } {
  const { suite, frameLength } = plan;
  const { encryptionContext } = plan.request;
  const contentType = 'framed';
  const header = {
    suite,
    messageId,
    encryptionContext,
    encryptedDataKeys,
    contentType,
    frameLength,
    commitment,
  } as const;
  writeHeaderBody(writer, header, plan.storedContext);
  const headerBody = writer.bytes.subarray(0, writer.offset);
  sealHeader(key, headerBody, plan.requiredContext, reserveHeaderTag(writer, suite));
  return { cipher: { key, messageId }, header };
}

/** Returns the header for the caller, with copies of the arrays that the keyring may still have. */
export function ownHeader(plan: EncryptionPlan, header: HeaderBody, messageId: Uint8Array): MessageHeader {
  const { encryptedDataKeys: keys } = header;
  const encryptedDataKeys = plan.returnsNewBytes ? keys : keys.map(ownEncryptedDataKey);
  return messageHeader({ ...header, messageId, encryptedDataKeys });
}

function sealFrames(writer: Writer, cipher: FrameCipher, plaintext: Uint8Array, frameLength: number): void {
  if (cipher.key.sealFrames !== undefined) {
    const body = writer.reserve(framedBodyLength(plaintext.length, frameLength));
    cipher.key.sealFrames(cipher.messageId, plaintext, frameLength, body);
    return;
  }
  const frames = frameCount(plaintext.length, frameLength);
  for (let sequenceNumber = 1; sequenceNumber <= frames; sequenceNumber++) {
    const kind = sequenceNumber === frames ? 'final' : 'regular';
    const content = plaintext.subarray((sequenceNumber - 1) * frameLength, sequenceNumber * frameLength);
    sealFrame(writer, cipher, kind, sequenceNumber, content);
  }
}

/** Seals one frame and writes it. */
export function sealFrame(
  writer: Writer,
  cipher: FrameCipher,
  kind: 'regular' | 'final',
  sequenceNumber: number,
  content: Uint8Array,
): void {
  const iv = writeFrameStart(writer, kind, sequenceNumber, content.length);
  encryptFrame(cipher, kind, sequenceNumber, iv, content, writer.reserve(content.length + TAG_LENGTH));
}

/** Seals a regular frame and returns it in pieces, each with its own memory. */
export function sealFrameApart(cipher: FrameCipher, sequenceNumber: number, content: Uint8Array): Uint8Array[] {
  const writer = new Writer(new Uint8Array(REGULAR_FRAME_OVERHEAD - TAG_LENGTH));
  const iv = writeFrameStart(writer, 'regular', sequenceNumber, content.length);
  return [writer.bytes, ...encryptFrameApart(cipher, 'regular', sequenceNumber, iv, content)];
}
