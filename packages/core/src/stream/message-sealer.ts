/**
 * Encryption piece by piece: what the streams of every platform are thin adapters over.
 * @module
 */

import { concatBytes, copyBytes, NO_BYTES, requireBytes, Writer } from '../bytes.ts';
import { sealFrame, withMessageKeys, writeHeader } from '../encrypt.ts';
import { checkFrameCount, type EncryptionPlan, headerLength } from '../encryption-plan.ts';
import type { WrappedDataKey } from '../keyrings/keyring.ts';
import { FINAL_FRAME_OVERHEAD, REGULAR_FRAME_OVERHEAD } from '../limits.ts';
import type { MessageHeader } from '../message/message-header.ts';
import type { EcdsaSigner } from '../provider.ts';
import type { FrameCipher } from '../sealing/frames.ts';
import { encodeSignature } from '../sealing/signature.ts';
import { pendingBytes } from './pending-bytes.ts';

export interface MessageSealer {
  readonly header: MessageHeader;
  /** The header's wire bytes, to be written first. */
  readonly headerBytes: Uint8Array;
  /** Takes plaintext of any length and gives the frames that it completes. */
  push(chunk: Uint8Array): Uint8Array;
  /** Gives the final frame and the signature, and wipes the keys. */
  finish(): Uint8Array;
  /** Wipes the keys of a message that will not be finished. */
  abort(): void;
}

/** Begins a message around what the keyring returned. Its data key is wiped. */
export function messageSealer(plan: EncryptionPlan, wrapped: WrappedDataKey): MessageSealer {
  return withMessageKeys(plan, wrapped, (messageId, derived) => {
    const keys = { ...derived, encryptionKey: copyBytes(derived.encryptionKey) };
    const writer = new Writer(new Uint8Array(headerLength(plan, wrapped.encryptedDataKeys)));
    const { cipher, header } = writeHeader(writer, plan, messageId, wrapped.encryptedDataKeys, keys);
    const signer = plan.signing?.keyPair.signer(plan.signing.suite.signature.hash);
    signer?.update(writer.bytes);
    const frames = frameSealer(plan, cipher, signer);
    const abort = () => {
      keys.encryptionKey.fill(0);
      frames.wipe();
    };
    return {
      header,
      headerBytes: writer.bytes,
      push: frames.push,
      finish: () => {
        const final = concatBytes(frames.final(), footer(plan, signer));
        abort();
        return final;
      },
      abort,
    };
  });
}

interface FrameSealer {
  push(chunk: Uint8Array): Uint8Array;
  final(): Uint8Array;
  wipe(): void;
}

function frameSealer(plan: EncryptionPlan, cipher: FrameCipher, signer: EcdsaSigner | undefined): FrameSealer {
  const { frameLength } = plan;
  const pending = pendingBytes();
  let sequenceNumber = 1;
  const seal = (writer: Writer, kind: 'regular' | 'final', content: Uint8Array) => {
    checkFrameCount(sequenceNumber, frameLength);
    sealFrame(writer, cipher, kind, sequenceNumber, content);
    sequenceNumber += 1;
  };
  return {
    push: (chunk) => {
      requireBytes(chunk, 'A chunk of plaintext');
      pending.append(chunk);
      const content = pending.bytes();
      // One frame's worth is held back: the final frame is a full one where the length is a multiple.
      const frames = Math.max(0, Math.ceil(content.length / frameLength) - 1);
      const writer = new Writer(new Uint8Array(frames * (frameLength + REGULAR_FRAME_OVERHEAD)));
      for (let i = 0; i < frames; i++) {
        seal(writer, 'regular', content.subarray(i * frameLength, (i + 1) * frameLength));
      }
      pending.consume(frames * frameLength);
      signer?.update(writer.bytes);
      return writer.bytes;
    },
    final: () => {
      const content = pending.bytes();
      const writer = new Writer(new Uint8Array(content.length + FINAL_FRAME_OVERHEAD));
      seal(writer, 'final', content);
      signer?.update(writer.bytes);
      return writer.bytes;
    },
    wipe: pending.wipe,
  };
}

/** Of the fixed length but for one stream in about 170: a stream that is gone cannot be signed anew. */
function footer(plan: EncryptionPlan, signer: EcdsaSigner | undefined): Uint8Array {
  if (plan.signing === undefined || signer === undefined) return NO_BYTES;
  const signature = encodeSignature(plan.signing.suite.signature.curve, signer.sign());
  return new Writer(new Uint8Array(2 + signature.length)).raw16(signature).bytes;
}
