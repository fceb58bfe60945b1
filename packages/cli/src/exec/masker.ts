/**
 * Replaces secrets in a stream of bytes, across the borders of its chunks.
 *
 * Every byte of a form is hidden, also where forms overlap: one mask stands for what they cover together. What may
 * still become a form is kept until the next chunk: fewer bytes than the longest form has.
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
    let covered = 0;
    const masked = (bytes: Buffer, isAll: boolean) => {
      const { parts, end, coveredTo } = mask(bytes, covered, prepared, isAll);
      kept = bytes.subarray(end);
      covered = Math.max(0, coveredTo - end);
      return Buffer.concat(parts);
    };
    return {
      write: (chunk) => masked(kept.length === 0 ? Buffer.from(chunk) : Buffer.concat([kept, chunk]), false),
      end: () => masked(kept, true),
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

interface Masked {
  readonly parts: Buffer[];
  /** What is behind it is kept. */
  readonly end: number;
  /** Where the last mask ends; it may be behind `end`. */
  readonly coveredTo: number;
}

/** Masks bytes up to where more of them could change the answer. A mask stands for the first `covered` ones already. */
function mask(bytes: Buffer, covered: number, forms: Forms, isAll: boolean): Masked {
  const parts: Buffer[] = [];
  let coveredTo = covered;
  let at = 0;
  for (; at < bytes.length; at++) {
    const length = forms.first[bytes[at] ?? 0] === 1 ? lengthAt(bytes, at, forms, isAll) : 0;
    if (length === undefined) break;
    if (length === 0) continue;
    if (at >= coveredTo) parts.push(bytes.subarray(coveredTo, at), MASK);
    coveredTo = Math.max(coveredTo, at + length);
  }
  parts.push(bytes.subarray(coveredTo, at));
  return { parts, end: at, coveredTo };
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
