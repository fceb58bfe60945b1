/**
 * Replaces secrets in a stream of bytes, across the borders of its chunks.
 *
 * At each place the longest form that begins there is replaced, from left to right. What may still become a form is
 * kept until the next chunk: fewer bytes than the longest form has.
 * @module
 */

/** Bytes of the shortest form: forms are found by so many. */
export const SHORTEST = 4;

/** One stream's state. */
export interface Masker {
  /** Takes the next bytes. Returns, masked, those that no later byte changes. */
  write(chunk: Uint8Array): Buffer;
  /** What was kept, masked. */
  end(): Buffer;
}

const MASK = Buffer.from('***');

interface Forms {
  /** By their first bytes as a number; the longest first. */
  readonly byBeginning: ReadonlyMap<number, readonly Buffer[]>;
  /** All beginnings of fewer bytes, as latin1. */
  readonly shortBeginnings: ReadonlySet<string>;
  /** 1 for each byte that a form begins with. */
  readonly first: Uint8Array;
}

/** Prepares forms for any number of streams. Shorter ones than {@link SHORTEST} are left out. */
export function makeMaskers(forms: Iterable<Uint8Array>): () => Masker {
  const prepared = prepare(forms);
  return () => {
    let kept: Buffer = Buffer.alloc(0);
    return {
      write: (chunk) => {
        const bytes = kept.length === 0 ? Buffer.from(chunk) : Buffer.concat([kept, chunk]);
        const { parts, end } = mask(bytes, prepared, false);
        kept = bytes.subarray(end);
        return Buffer.concat(parts);
      },
      end: () => Buffer.concat(mask(kept, prepared, true).parts),
    };
  };
}

function prepare(forms: Iterable<Uint8Array>): Forms {
  const byBeginning = new Map<number, Buffer[]>();
  const shortBeginnings = new Set<string>();
  const first = new Uint8Array(256);
  const texts = new Set([...forms].map((form) => Buffer.from(form).toString('latin1')));
  for (const form of [...texts].map((text) => Buffer.from(text, 'latin1'))) {
    if (form.length < SHORTEST) continue;
    const beginning = form.readUInt32BE(0);
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), form]);
    for (let length = 1; length < SHORTEST; length++) shortBeginnings.add(form.toString('latin1', 0, length));
    first[form[0] ?? 0] = 1;
  }
  for (const same of byBeginning.values()) same.sort((a, b) => b.length - a.length);
  return { byBeginning, shortBeginnings, first };
}

/** Masks bytes up to where more of them could change the answer. */
function mask(bytes: Buffer, forms: Forms, isAll: boolean): { readonly parts: Buffer[]; readonly end: number } {
  const parts: Buffer[] = [];
  let [at, plain] = [0, 0];
  while (at < bytes.length) {
    const length = forms.first[bytes[at] ?? 0] === 1 ? lengthAt(bytes, at, forms, isAll) : 0;
    if (length === undefined) break;
    if (length > 0) {
      parts.push(bytes.subarray(plain, at), MASK);
      plain = at + length;
    }
    at += Math.max(1, length);
  }
  parts.push(bytes.subarray(plain, at));
  return { parts, end: at };
}

/** Length of the longest form there; 0 without one, and `undefined` if later bytes decide. */
function lengthAt(bytes: Buffer, at: number, forms: Forms, isAll: boolean): number | undefined {
  const left = bytes.length - at;
  if (left < SHORTEST) return !isAll && forms.shortBeginnings.has(bytes.toString('latin1', at)) ? undefined : 0;
  for (const form of forms.byBeginning.get(bytes.readUInt32BE(at)) ?? []) {
    const there = Math.min(left, form.length);
    if (form.compare(bytes, at, at + there, 0, there) !== 0) continue;
    if (there === form.length) return there;
    if (!isAll) return undefined;
  }
  return 0;
}
