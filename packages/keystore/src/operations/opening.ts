/**
 * Many values opened with one look at the state.
 * @module
 */

import type { DecodedKeyBlob } from '@securestring/core/key-blob';
import type { View } from '../state/view.ts';
import type { Store } from '../store.ts';
import type { ValueOpener, ValueOpening } from '../value-opening.ts';
import { findSource, openBlob, type Source } from './blobs.ts';

/** Most lengths of blobs that are known at a time. */
const MOST_KNOWN = 64;

/** What is the same in all blobs of one length under one material. */
interface KnownBlob {
  readonly source: Source;
  /** The bytes before the ciphertext, with zeros in the place of nonce and IV. */
  readonly frame: Uint8Array;
  readonly nonceAt: number;
  readonly ivAt: number;
}

/** Binds the opening of values to a store. `isRecorded` says whether calls leave events. */
export function bindValueOpening(store: Store, isRecorded: boolean): ValueOpening {
  return {
    begin: () => {
      const view = store.current();
      return isRecorded ? undefined : openerOver(view);
    },
  };
}

/** What was found once for a blob holds for the next one of its kind: the view is of one moment. */
function openerOver(view: View): ValueOpener {
  const known = new Map<number, KnownBlob>();
  return (blob, context) => {
    const like = known.get(blob.length);
    const decoded = like && decodedLike(like, blob, view);
    if (like !== undefined && decoded !== undefined) return openBlob({ ...like.source, blob: decoded }, context, view);
    const source = findSource(view, blob, undefined, 'Decrypt');
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(blob.length, knownFrom(source));
    return openBlob(source, context, view);
  };
}

function knownFrom(source: Source): KnownBlob {
  const { prefix, nonce, iv } = source.blob;
  const [nonceAt, ivAt] = [nonce.byteOffset - prefix.byteOffset, iv.byteOffset - prefix.byteOffset];
  const frame = Uint8Array.from(prefix);
  frame.fill(0, nonceAt, nonceAt + nonce.length).fill(0, ivAt, ivAt + iv.length);
  return { source, frame, nonceAt, ivAt };
}

/** Decodes a blob that differs from a known one in nonce, IV and ciphertext alone; `undefined` if it does in more. */
function decodedLike(
  { source, frame, nonceAt, ivAt }: KnownBlob,
  blob: Uint8Array,
  { randomness }: View,
): DecodedKeyBlob | undefined {
  const { nonce, iv, version, materialId } = source.blob;
  const [nonceEnd, ivEnd] = [nonceAt + nonce.length, ivAt + iv.length];
  const own = blob.slice(0, frame.length);
  own.fill(0, nonceAt, nonceEnd).fill(0, ivAt, ivEnd);
  // For its speed: nothing here is secret.
  if (!randomness.provider.equalConstantTime(own, frame)) return undefined;
  return {
    version,
    materialId,
    nonce: blob.subarray(nonceAt, nonceEnd),
    iv: blob.subarray(ivAt, ivEnd),
    prefix: blob.subarray(0, frame.length),
    sealed: blob.subarray(frame.length),
  };
}
