/**
 * Decryption piece by piece. The streams of every platform are thin adapters over it.
 * @module
 */

import { copyBytes, Reader, requireBytes } from '../bytes.ts';
import { verifiedHeader, verifiedKey } from '../decrypt.ts';
import {
  DECRYPT_TAKES,
  type DecryptionPlan,
  type DecryptOptions,
  findDataKey,
  planDecryption,
} from '../decryption-plan.ts';
import { bindContext } from '../encryption-context.ts';
import { AuthenticationError, CutShortError, PolicyError } from '../errors.ts';
import { type Awaitable, isPromise, NOTHING_YET, type Outcome, outcomeOf, resultOf } from '../keyrings/awaitable.ts';
import type { AsyncKeyring } from '../keyrings/keyring.ts';
import { MAX_STREAM_FRAME_LENGTH, MAX_STREAM_HEADER_LENGTH } from '../limits.ts';
import { frameExtent, readFrame } from '../message/body.ts';
import { headerExtent } from '../message/header.ts';
import { flag, type Members, members, optional, takeOptions } from '../options.ts';
import type { AesGcmKey } from '../provider.ts';
import { closeMessageKey } from '../sealing/derive.ts';
import { decryptFrameApart } from '../sealing/frames.ts';
import { decodeSignature } from '../sealing/signature.ts';
import type { MessageTransform, OnHeader, Pieces } from './message-transform.ts';
import { pendingBytes } from './pending-bytes.ts';

/** Options of `decrypt`, with the limits of a stream. */
export interface DecryptStreamOptions extends DecryptOptions<AsyncKeyring> {
  /** Largest frame length in bytes, since a stream holds a whole frame in memory. Default 64 MiB. */
  readonly maxFrameLength?: number;
  /**
   * Whether to refuse signed messages, of which plaintext comes out before the signature is verified. Default false.
   */
  readonly unsignedOnly?: boolean;
}

const STREAM_OPTIONS: Members<DecryptOptions & Pick<DecryptStreamOptions, 'unsignedOnly'>> = members<
  DecryptOptions & Pick<DecryptStreamOptions, 'unsignedOnly'>
>({ ...DECRYPT_TAKES, unsignedOnly: optional(flag) });

/**
 * Opens a message as its bytes arrive. `name` is the caller's function, for errors. A frame's plaintext comes out once
 * its tag is verified. If the message is signed, the last frame's plaintext waits for the signature, so that a caller
 * who waits for the end has a verified message.
 */
export function messageOpener(name: string, given: DecryptStreamOptions, onHeader: OnHeader): MessageTransform {
  const options = ownOptions(takeOptions(name, given, STREAM_OPTIONS as Members<DecryptStreamOptions>));
  const source = byteSource();
  let output: Uint8Array[] = [];
  let aborted = false;
  const opening = open(source, options, onHeader, (pieces) => output.push(...pieces));
  let state = opening.next(NOTHING_YET);

  const advance = (): Awaitable<Pieces> => {
    while (!state.done) {
      const wait = state.value;
      if (typeof wait === 'number') {
        if (source.bytes().length < wait && !source.ended()) break;
        state = opening.next(NOTHING_YET);
        continue;
      }
      const outcome = outcomeOf(wait);
      if (isPromise(outcome)) return outcome.then(resume);
      goOn(outcome);
    }
    const ready = output;
    output = [];
    return ready;
  };
  const goOn = (outcome: Outcome<Uint8Array>) => {
    // The stream was aborted while the keyring ran, perhaps by the keyring itself.
    if (aborted && outcome.succeeded) outcome.value.fill(0);
    state = opening.next(outcome);
  };
  const resume = (outcome: Outcome<Uint8Array>) => {
    goOn(outcome);
    return advance();
  };
  return {
    push: (chunk) => {
      requireBytes(chunk, 'A chunk of the message');
      source.append(chunk);
      return advance();
    },
    finish: () => {
      source.end();
      return advance();
    },
    abort: () => {
      aborted = true;
      opening.return();
      for (const plaintext of output) plaintext.fill(0);
      source.wipe();
    },
  };
}

/** Copies the context's pairs, since the caller may change them before the header arrives. */
function ownOptions(options: DecryptStreamOptions): StreamOptions {
  const { encryptionContext, maxFrameLength = MAX_STREAM_FRAME_LENGTH } = options;
  return Object.assign(options, { encryptionContext: bindContext(encryptionContext).pairs, maxFrameLength });
}

type StreamOptions = DecryptStreamOptions & { readonly maxFrameLength: number };

/** A part of the decryption, which yields the number of bytes to wait for, or a call whose outcome it needs. */
type Opening<Result> = Generator<number | (() => Awaitable<Uint8Array>), Result, Outcome<Uint8Array>>;

/**
 * Does what `decrypt` does, while the bytes arrive. Plan, keys and readers of header and frames are shared. The order
 * of the calls is repeated here, since a stream returns to its caller whenever bytes are missing, which costs `decrypt`
 * too much (measured at its `openFrames`).
 */
function* open(
  source: ByteSource,
  options: StreamOptions,
  onHeader: OnHeader,
  emit: (pieces: Pieces) => void,
): Opening<void> {
  const { plan, length } = yield* readPlan(source, options);
  const dataKey = resultOf(yield () => findDataKey(options.keyring, plan));
  const messageKey = verifiedKey(plan, dataKey);
  try {
    onHeader(verifiedHeader(plan));
    const headerBytes = source.take(length);
    plan.verifier?.update(headerBytes);
    const last = yield* openFrames(source, plan, messageKey.key, options, emit);
    let verified = false;
    try {
      yield* verifySignature(source, plan);
      verified = true;
    } finally {
      if (!verified) for (const piece of last) piece.fill(0);
    }
    emit(last);
    yield* expectEnd(source);
  } finally {
    closeMessageKey(messageKey);
  }
}

/** Number of attempts to read a header before {@link waitForHeader} finds its length. */
const MAX_ATTEMPTS = 64;

/** Reads the header, and tries again when more bytes arrive: each attempt gets to a later field. */
function* readPlan(source: ByteSource, options: StreamOptions): Opening<{ plan: DecryptionPlan; length: number }> {
  let needed = 1;
  for (let attempts = 1; ; attempts++) {
    yield* waitFor(source, needed);
    try {
      const reader = source.reader();
      const plan = planDecryption(reader, options);
      if (options.unsignedOnly === true && plan.verifier !== undefined) {
        throw new PolicyError('SIGNED_MESSAGE', 'The message is signed, and unsignedOnly refuses signed messages.');
      }
      checkHeaderLength(reader.offset);
      return { plan, length: reader.offset };
    } catch (error) {
      if (!(error instanceof CutShortError) || source.ended()) throw error;
      checkHeaderLength(error.needed);
      // With many small fields in many small chunks, more attempts would take time quadratic in their number.
      needed = attempts < MAX_ATTEMPTS ? error.needed : yield* waitForHeader(source);
    }
  }
}

/** Waits for the whole header without reading it repeatedly, and returns its length. */
function* waitForHeader(source: ByteSource): Opening<number> {
  const extent = headerExtent(source.bytes);
  for (;;) {
    const { value, done } = extent.next();
    checkHeaderLength(value);
    yield* waitFor(source, value);
    if (done === true || source.bytes().length < value) return value;
  }
}

/** Emits the pieces of all frames except the last, and returns those of the last. */
function* openFrames(
  source: ByteSource,
  plan: DecryptionPlan,
  key: AesGcmKey,
  options: StreamOptions,
  emit: (pieces: Pieces) => void,
): Opening<Pieces> {
  const { header, verifier } = plan;
  // A copy, since the caller has the header and may change it.
  const cipher = { key, messageId: copyBytes(header.messageId) };
  for (let sequenceNumber = 1; ; sequenceNumber++) {
    const extent = () => frameExtent(source.bytes(), header, options.maxFrameLength);
    while (source.bytes().length < extent() && !source.ended()) yield extent();
    const reader = source.reader();
    const frame = readFrame(reader, header, sequenceNumber);
    const pieces = decryptFrameApart(cipher, frame);
    const wire = source.take(reader.offset);
    verifier?.update(wire);
    if (frame.kind !== 'regular') return pieces;
    emit(pieces);
  }
}

function* verifySignature(source: ByteSource, plan: DecryptionPlan): Opening<void> {
  const { verifier } = plan;
  const { signature } = plan.header.suite;
  if (verifier === undefined || signature === null) return;
  yield* waitFor(source, 2);
  yield* waitFor(source, 2 + source.reader().uint16('signature length'));
  const reader = source.reader();
  if (!verifier.verify(decodeSignature(signature.curve, reader.take16('signature')))) throw new AuthenticationError();
  source.take(reader.offset);
}

function* expectEnd(source: ByteSource): Opening<void> {
  yield* waitFor(source, 1);
  source.reader().expectEnd('the message');
}

function* waitFor(source: ByteSource, length: number): Opening<void> {
  while (source.bytes().length < length && !source.ended()) yield length;
}

function checkHeaderLength(needed: number): void {
  if (needed > MAX_STREAM_HEADER_LENGTH) {
    throw new PolicyError(
      'HEADER_LENGTH_LIMIT',
      `The message's header has more than ${MAX_STREAM_HEADER_LENGTH} bytes, the limit of a stream. Decrypt the whole message with decrypt.`,
    );
  }
}

/** The bytes that have arrived and were not taken yet. */
interface ByteSource {
  bytes(): Uint8Array;
  append(chunk: Uint8Array): void;
  end(): void;
  ended(): boolean;
  /** Returns a cursor whose errors count from the message's first byte. */
  reader(): Reader;
  /** Passes over the next bytes and returns a view of them, which is valid until the next call. */
  take(length: number): Uint8Array;
  wipe(): void;
}

function byteSource(): ByteSource {
  const pending = pendingBytes();
  let taken = 0;
  let ended = false;
  return {
    bytes: pending.bytes,
    append: pending.append,
    end: () => {
      ended = true;
    },
    ended: () => ended,
    reader: () => new Reader(pending.bytes(), 'MALFORMED_MESSAGE', { base: taken }),
    take: (length) => {
      const bytes = pending.bytes().subarray(0, length);
      taken += length;
      pending.consume(length);
      return bytes;
    },
    wipe: pending.wipe,
  };
}
