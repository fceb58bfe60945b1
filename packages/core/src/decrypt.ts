/**
 * Decryption, in the order of client-apis/decrypt.md: header, limits, policy, data key, commitment, header tag, frames,
 * signature.
 * @module
 */

import { Reader, requireBytes } from './bytes.ts';
import {
  ASYNC_DECRYPT_OPTIONS,
  DECRYPT_OPTIONS,
  type DecryptionPlan,
  type DecryptOptions,
  findDataKey,
  planDecryption,
} from './decryption-plan.ts';
import { AuthenticationError, KeyringResultError } from './errors.ts';
import { type Awaitable, after, isPromise } from './keyrings/awaitable.ts';
import type { AsyncKeyring } from './keyrings/keyring.ts';
import { TAG_LENGTH } from './limits.ts';
import { measurePlaintext, readFrame } from './message/body.ts';
import { type DecodedHeader, headerAuthLength, type MessageHeader, messageHeader } from './message/header.ts';
import { takeOptions } from './options.ts';
import { closeMessageKey, deriveMessageKey, type MessageKey } from './sealing/derive.ts';
import { decryptFrame, type FrameCipher } from './sealing/frames.ts';
import { NET_400_EMPTY_CONTEXT, verifyHeader } from './sealing/header-auth.ts';
import { decodeSignature } from './sealing/signature.ts';

/** The result of `decrypt`. */
export interface DecryptResult {
  /** The plaintext. If it is secret, the caller wipes it. */
  readonly plaintext: Uint8Array<ArrayBuffer>;
  /** The content of the verified header. */
  readonly header: MessageHeader;
}

/**
 * Decrypts an AWS Encryption SDK message, version 1 or 2, framed or not, signed or not.
 *
 * It returns only after every byte of the message has been verified. A failure wipes the plaintext decrypted so far.
 * Bytes after the message are refused.
 *
 * @throws `MalformedError` (`MALFORMED_MESSAGE`) with the offset of the wrong field.
 * @throws `PolicyError`: `COMMITMENT_POLICY`, `ENCRYPTION_CONTEXT_MISMATCH`, `ENCRYPTED_DATA_KEY_LIMIT`,
 *   `FRAME_LENGTH_LIMIT`, `UNSUPPORTED` if the platform lacks an algorithm that the keyring needs.
 * @throws `KeyUnavailableError` (`NO_DATA_KEY`) if the keyring opens none of the encrypted data keys.
 * @throws `AuthenticationError` if the key, the context or any byte differs from what the message was written with.
 * @throws `KeyringResultError` (`INVALID_KEYRING_RESULT`) if the keyring or its key service breaks its contract.
 * @throws `TypeError` or `RangeError` if an argument is of the wrong type or size.
 * @example
 * const { plaintext } = decrypt(message, { keyring, encryptionContext: { purpose: 'test' } });
 */
export function decrypt(message: Uint8Array, options: DecryptOptions): DecryptResult {
  const own = takeOptions('decrypt', options, DECRYPT_OPTIONS);
  const reader = messageReader(message);
  const result = decryptPlanned(planDecryption(reader, own), reader, own.keyring);
  if (!isPromise(result)) return result;
  result.then(
    (late) => late.plaintext.fill(0),
    () => undefined,
  );
  throw new KeyringResultError('The keyring returned a promise. Use decryptAsync.');
}

/**
 * Does the rest of {@link decrypt}, for callers that check more of the header before the keyring is called: at once if
 * the keyring returns no promise.
 */
export function decryptPlanned(plan: DecryptionPlan, body: Reader, keyring: AsyncKeyring): Awaitable<DecryptResult> {
  return after(findDataKey(keyring, plan), (dataKey) => openMessage(plan, body, dataKey));
}

/**
 * Decrypts as {@link decrypt} does, with a keyring whose methods may return promises.
 *
 * @example
 * const { plaintext } = await decryptAsync(message, { keyring: remoteKeyring });
 */
export async function decryptAsync(message: Uint8Array, options: DecryptOptions<AsyncKeyring>): Promise<DecryptResult> {
  const own = takeOptions('decryptAsync', options, ASYNC_DECRYPT_OPTIONS);
  const reader = messageReader(message);
  return decryptPlanned(planDecryption(reader, own), reader, own.keyring);
}

/** Returns a cursor over a whole message. */
export function messageReader(message: Uint8Array): Reader {
  requireBytes(message, 'The message');
  return new Reader(message, 'MALFORMED_MESSAGE');
}

/** Verifies and decrypts the message under its data key, and wipes that key. */
function openMessage(plan: DecryptionPlan, body: Reader, dataKey: Uint8Array): DecryptResult {
  const messageKey = verifiedKey(plan, dataKey);
  try {
    const { header } = plan;
    const measured = body.fork();
    const plaintext = new Uint8Array(measurePlaintext(measured, header, plan.maxFrameLength));
    try {
      openBody(
        body,
        measured.offset - body.offset,
        { key: messageKey.key, messageId: header.messageId },
        header,
        plaintext,
      );
      verifySignature(plan, body);
      body.expectEnd('the message');
    } catch (error) {
      plaintext.fill(0);
      throw error;
    }
    return { plaintext, header: verifiedHeader(plan) };
  } finally {
    closeMessageKey(messageKey);
  }
}

/** Derives the message's key and verifies commitment and header tag. The caller closes it. Wipes the data key. */
export function verifiedKey(plan: DecryptionPlan, dataKey: Uint8Array): MessageKey {
  const { provider, header } = plan;
  try {
    for (const form of headerForms(plan)) {
      const messageKey = deriveMessageKey(provider, header.suite, dataKey, header.messageId, form);
      let verified = false;
      try {
        verified = verifyHeader(provider, messageKey, header, form.requiredContext);
      } finally {
        if (!verified) closeMessageKey(messageKey);
      }
      if (verified) return messageKey;
    }
    throw new AuthenticationError();
  } finally {
    dataKey.fill(0);
  }
}

/** Returns the verified header for the caller. */
export function verifiedHeader(plan: DecryptionPlan): MessageHeader {
  return messageHeader({ ...plan.header, encryptionContext: plan.request.encryptionContext });
}

interface HeaderForm {
  readonly requiredContext: Uint8Array;
  /** Whether the key derivation of version 1 leaves out the message id. */
  readonly withoutMessageId: boolean;
}

/** Returns the specified form, and after it that of .NET 4.0.0 if `legacy` asks for it. */
function headerForms(plan: DecryptionPlan): HeaderForm[] {
  const { requiredContext } = plan;
  const right = { requiredContext, withoutMessageId: false };
  if (plan.legacy.net400 !== true) return [right];
  const bound = requiredContext.length === 0 ? NET_400_EMPTY_CONTEXT : requiredContext;
  return [right, { requiredContext: bound, withoutMessageId: true }];
}

/** Opens the body of `length` bytes into the plaintext: at once if the provider can, else frame by frame. */
function openBody(
  body: Reader,
  length: number,
  cipher: FrameCipher,
  header: DecodedHeader,
  plaintext: Uint8Array,
): void {
  const { key, messageId } = cipher;
  const { contentType, frameLength, suite } = header;
  // In version 1 an IV may be anything, and a body without frames has no number.
  if (key.openFrames === undefined || contentType !== 'framed' || suite.messageVersion !== 2) {
    openFrames(body, cipher, header, plaintext);
    return;
  }
  const frames = body.fork().take(length, 'frames');
  if (key.openFrames(messageId, frames, frameLength, plaintext)) {
    body.skip(length, 'frames');
    return;
  }
  // One by one, to say which frame is wrong. If they all open, the provider contradicts itself.
  openFrames(body, cipher, header, plaintext);
  throw new AuthenticationError();
}

/**
 * Opens all frames into the plaintext. The twin in `stream/message-opener.ts` could do this too, but it waits and
 * copies: over whole messages of 64 bytes to 16 MiB it took 1.4 to 2.3 times as long (medians of 15 interleaved rounds,
 * Node).
 */
function openFrames(body: Reader, cipher: FrameCipher, header: DecodedHeader, plaintext: Uint8Array): void {
  let at = 0;
  for (let sequenceNumber = 1, last = false; !last; sequenceNumber++) {
    const frame = readFrame(body, header, sequenceNumber);
    const end = at + frame.sealed.length - TAG_LENGTH;
    decryptFrame(cipher, frame, plaintext.subarray(at, end));
    at = end;
    last = frame.kind !== 'regular';
  }
}

/** Verifies the signature over every wire byte before the footer. The footer is present exactly if the suite signs. */
function verifySignature(plan: DecryptionPlan, body: Reader): void {
  const { verifier, header } = plan;
  const { suite, bodyBytes, iv, tag } = header;
  const { signature } = suite;
  if (verifier === undefined || signature === null) return;
  // The copy of the header that was verified, since the caller may have changed the message meanwhile.
  for (const part of suite.messageVersion === 1 ? [bodyBytes, iv, tag] : [bodyBytes, tag]) verifier.update(part);
  verifier.update(body.bytes.subarray(bodyBytes.length + headerAuthLength(suite), body.offset));
  if (!verifier.verify(decodeSignature(signature.curve, body.take16('signature')))) throw new AuthenticationError();
}
