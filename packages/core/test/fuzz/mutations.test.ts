/**
 * Structure-aware mutations: whatever is done to a message, it is refused in the engine's own words, and nothing comes
 * out that was not verified. A failure shows the seed, the mutation and the bytes. `SECURESTRING_SEED` sets the first
 * seed.
 * @module
 */

import { decrypt, decryptStream, inspect, SecureStringError } from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { toBase64 } from '@securestring/test-support/bytes';
import { type Random, seededRandom } from '@securestring/test-support/random';
import { chunksOf, throughStream } from '@securestring/test-support/streams';
import { describe, expect, it } from 'vitest';
import { mutant } from './mutators.ts';
import { type Specimen, specimenKeyring, specimens } from './specimens.ts';

const MUTATIONS = budget(3_000, 50_000);
/** One of so many mutants goes through the stream as well. */
const STREAMED = 5;
const FIRST_SEED = Number(process.env['SECURESTRING_SEED'] ?? 0);

const options = { keyring: specimenKeyring, commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' } as const;
const all = specimens();
const unchanged = new Set(all.map(({ bytes }) => toBase64(bytes)));

describe('the specimens', () => {
  it.each(all.map((specimen) => [specimen.name, specimen] as const))('%s opens', async (_, specimen) => {
    expect(decrypt(specimen.bytes, options).plaintext).toEqual(specimen.plaintext);
    const streamed = await throughStream(decryptStream(options), chunksOf(specimen.bytes, 9));
    expect(streamed).toEqual({ output: specimen.plaintext, error: undefined });
  });
});

describe(`${MUTATIONS} mutations from seed ${FIRST_SEED} on`, () => {
  it('each ends in a SecureStringError, one-shot and as a stream, and never in plaintext', {
    timeout: 600_000,
  }, async () => {
    const failures: string[] = [];
    const tally = { refused: 0, streamed: 0 };
    for (let seed = FIRST_SEED; seed < FIRST_SEED + MUTATIONS && failures.length < 10; seed++) {
      const random = seededRandom(seed);
      const { of, name, bytes } = changedMutant(random);
      const fail = (what: string) => failures.push(`seed ${seed}: ${name}: ${what}\n  ${toBase64(bytes)}`);
      const outcome = oneShot(bytes);
      if (outcome === undefined) tally.refused += 1;
      else fail(outcome);
      if ((seed - FIRST_SEED) % STREAMED === 0) {
        tally.streamed += 1;
        const streamed = await asStream(of, bytes, random);
        if (streamed !== undefined) fail(`as a stream: ${streamed}`);
      }
    }
    expect(failures).toEqual([]);
    expect(tally).toEqual({ refused: MUTATIONS, streamed: Math.ceil(MUTATIONS / STREAMED) });
  });
});

/** Draws again where the mutation changed nothing, such as an exchange of a frame with itself. */
function changedMutant(random: Random): ReturnType<typeof mutant> {
  for (;;) {
    const drawn = mutant(all, random);
    if (!unchanged.has(toBase64(drawn.bytes))) return drawn;
  }
}

/** Returns what went wrong, or `undefined` if the mutant was refused as it must be. */
function oneShot(bytes: Uint8Array): string | undefined {
  try {
    inspect(bytes);
  } catch (error) {
    return `inspect threw ${error}`;
  }
  try {
    decrypt(bytes, options);
    return 'it opened';
  } catch (error) {
    return error instanceof SecureStringError ? undefined : `${error}`;
  }
}

/** Like {@link oneShot}. What came out before the failure must be the start of what was written. */
async function asStream(of: Specimen, bytes: Uint8Array, random: Random): Promise<string | undefined> {
  const { output, error } = await throughStream(decryptStream(options), chunksOf(bytes, 1 + random.whole(100)));
  if (error === undefined) return 'it opened';
  if (!(error instanceof SecureStringError)) return `${error}`;
  const verified = all.some(({ plaintext }) => startsWith(plaintext, output));
  return verified ? undefined : `${output.length} bytes came out that ${of.name} does not begin with`;
}

function startsWith(whole: Uint8Array, start: Uint8Array): boolean {
  return start.length <= whole.length && start.every((byte, i) => byte === whole[i]);
}
