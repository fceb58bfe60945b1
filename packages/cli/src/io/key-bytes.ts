/**
 * What key files hold: the bytes of the key, or base64 of them in one line.
 * @module
 */

/**
 * Returns a key of one of these lengths, in bytes; `undefined` if the file holds none. A file of exactly such a length
 * is the key itself, also where its bytes could be base64: a line with its end is longer.
 */
export function keyIn(file: Uint8Array, lengths: readonly number[]): Uint8Array<ArrayBuffer> | undefined {
  if (lengths.includes(file.length)) return Uint8Array.from(file);
  const text = Buffer.from(file.buffer, file.byteOffset, file.length).toString('latin1').trim();
  const key = Uint8Array.from(Buffer.from(text, 'base64'));
  if (lengths.includes(key.length) && Buffer.from(key).toString('base64') === text) return key;
  key.fill(0);
  return undefined;
}
