/**
 * Encryption piece by piece. The streams of every platform are thin adapters over it.
 * @module
 */

import { concatBytes, copyBytes, NO_BYTES, PLAIN_TEXT_HINT, requireBytes, Writer } from '../bytes.ts';
import { beginMessage, ownHeader, sealFrame, sealFrameApart, writeHeader } from '../encrypt.ts';
import {
  ASYNC_ENCRYPT_OPTIONS,
  checkFrameCount,
  type EncryptionPlan,
  type EncryptOptions,
  headerLength,
  planEncryption,
} from '../encryption-plan.ts';
import { wipeDataKey } from '../keyrings/checked.ts';
import type { AsyncKeyring, WrappedDataKey } from '../keyrings/keyring.ts';
import { FINAL_FRAME_OVERHEAD, REGULAR_FRAME_OVERHEAD } from '../limits.ts';
import type { MessageHeader } from '../message/header.ts';
import { takeOptions } from '../options.ts';
import type { EcdsaSigner } from '../provider.ts';
import { closeMessageKey } from '../sealing/derive.ts';
import type { FrameCipher } from '../sealing/frames.ts';
import { encodeSignature } from '../sealing/signature.ts';
import type { MessageTransform, OnHeader, Pieces } from './message-transform.ts';
import { type PendingBytes, pendingBytes } from './pending-bytes.ts';

/**
 * Seals a message as its plaintext arrives. `name` is the caller's function, for errors. The keyring is called at once,
 * and plaintext that arrives before its result waits.
 */
export function messageSealer(
  name: string,
  options: EncryptOptions<AsyncKeyring>,
  onHeader: OnHeader,
): MessageTransform {
  const own = takeOptions(name, options, ASYNC_ENCRYPT_OPTIONS);
  const plan = planEncryption(undefined, own);
  let sealer: Sealer | undefined;
  let aborted = false;
  const begin = async () => {
    const wrapped = await own.keyring.wrapDataKey(plan.request);
    // The stream was aborted while the keyring ran.
    if (aborted) return wipeDataKey(wrapped);
    sealer = beginSealing(plan, wrapped);
    onHeader(sealer.header, sealer.headerBytes);
  };
  const begun = begin();
  const later = async (use: (sealer: Sealer) => Pieces) => {
    await begun;
    return aborted || sealer === undefined ? [] : use(sealer);
  };
  return {
    begun,
    push: (chunk) => sealer?.push(chunk) ?? later((own) => own.push(chunk)),
    finish: () => sealer?.finish() ?? later((own) => own.finish()),
    abort: () => {
      aborted = true;
      sealer?.abort();
    },
  };
}

interface Sealer {
  readonly header: MessageHeader;
  /** The header's wire bytes, which are written first. */
  readonly headerBytes: Uint8Array;
  /** Takes plaintext of any length and returns the frames that it completes, in pieces. */
  push(chunk: Uint8Array): Pieces;
  /** Returns the final frame and the signature, and wipes the keys. */
  finish(): Pieces;
  /** Wipes the keys of a message that will not be finished. */
  abort(): void;
}

/** Begins a message under the keyring's data key, and wipes that key. */
function beginSealing(plan: EncryptionPlan, wrapped: WrappedDataKey): Sealer {
  const { messageId, messageKey } = beginMessage(plan, wrapped);
  try {
    const writer = new Writer(new Uint8Array(headerLength(plan, wrapped.encryptedDataKeys)));
    const { cipher, header: body } = writeHeader(writer, plan, messageId, wrapped.encryptedDataKeys, messageKey);
    // A copy, since the frames use the message id after the caller has the header.
    const header = ownHeader(plan, body, copyBytes(messageId));
    const signer = plan.signing?.keyPair.signer(plan.signing.suite.signature.hash);
    signer?.update(writer.bytes);
    const frames = frameSealer(plan, cipher, signer);
    const abort = () => {
      closeMessageKey(messageKey);
      frames.wipe();
    };
    const finish = () => {
      const final = concatBytes(frames.final(), footer(plan, signer));
      abort();
      return [final];
    };
    return { header, headerBytes: writer.bytes, push: frames.push, finish, abort };
  } catch (error) {
    closeMessageKey(messageKey);
    throw error;
  }
}

/** Frames of at least this length come out in pieces, which spares a copy; shorter ones one behind the other. */
const MIN_APART_LENGTH = 16384;

interface FrameSealer {
  push(chunk: Uint8Array): Pieces;
  final(): Uint8Array;
  wipe(): void;
}

function frameSealer(plan: EncryptionPlan, cipher: FrameCipher, signer: EcdsaSigner | undefined): FrameSealer {
  const { frameLength } = plan;
  const pending = pendingBytes();
  let frames = 0;
  const next = () => {
    frames += 1;
    checkFrameCount(frames, frameLength);
    return frames;
  };
  return {
    push: (chunk) => {
      requireBytes(chunk, 'A chunk of plaintext', PLAIN_TEXT_HINT);
      const pieces: Uint8Array[] = [];
      const contents = fullFrames(pending, chunk, frameLength);
      if (frameLength < MIN_APART_LENGTH) {
        const count = countFull(pending, chunk, frameLength);
        const writer = new Writer(new Uint8Array(count * (frameLength + REGULAR_FRAME_OVERHEAD)));
        for (const content of contents) sealFrame(writer, cipher, 'regular', next(), content);
        if (count > 0) pieces.push(writer.bytes);
      } else {
        for (const content of contents) pieces.push(...sealFrameApart(cipher, next(), content));
      }
      for (const piece of pieces) signer?.update(piece);
      return pieces;
    },
    final: () => {
      const content = pending.bytes();
      const writer = new Writer(new Uint8Array(content.length + FINAL_FRAME_OVERHEAD));
      sealFrame(writer, cipher, 'final', next(), content);
      signer?.update(writer.bytes);
      return writer.bytes;
    },
    wipe: pending.wipe,
  };
}

/** Returns the number of frames that a chunk fills. The last full one is held back, since it may be the final frame. */
function countFull(pending: PendingBytes, chunk: Uint8Array, frameLength: number): number {
  return Math.max(0, Math.ceil((pending.bytes().length + chunk.length) / frameLength) - 1);
}

/** Yields the contents of these frames, each valid until the next, and holds the rest of the chunk. */
function* fullFrames(pending: PendingBytes, chunk: Uint8Array, frameLength: number): Generator<Uint8Array> {
  let at = 0;
  for (let count = countFull(pending, chunk, frameLength); count > 0; count--) {
    const held = pending.bytes().length;
    const start = at;
    at += frameLength - held;
    if (held === 0) {
      yield chunk.subarray(start, at);
    } else {
      pending.append(chunk.subarray(start, at));
      yield pending.bytes();
      pending.consume(frameLength);
    }
  }
  pending.append(chunk.subarray(at));
}

/** Returns the footer. One in about 170 has another length than `sign` gives: a sent stream cannot be signed again. */
function footer(plan: EncryptionPlan, signer: EcdsaSigner | undefined): Uint8Array {
  if (plan.signing === undefined || signer === undefined) return NO_BYTES;
  const signature = encodeSignature(plan.signing.suite.signature.curve, signer.sign());
  return new Writer(new Uint8Array(2 + signature.length)).raw16(signature).bytes;
}
