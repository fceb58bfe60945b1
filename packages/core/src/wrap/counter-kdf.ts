/**
 * Keys from keys: NIST SP 800-108r1 §4.1, counter mode with HMAC-SHA256, one block.
 * @module
 */

import { Writer } from '../bytes.ts';
import type { Provider } from '../provider.ts';

/**
 * 32 bytes that belong to `label` and `context`: HMAC-SHA256(key, 00000001 ‖ label ‖ 00 ‖ context ‖ 00000100). The
 * caller wipes them. A context of several parts has parts of fixed length, or lengths in it.
 */
export function deriveKey(
  provider: Provider,
  key: Uint8Array,
  label: Uint8Array,
  ...context: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const contextLength = context.reduce((sum, part) => sum + part.length, 0);
  const input = new Writer(new Uint8Array(4 + label.length + 1 + contextLength + 4)).uint32(1).raw(label).uint8(0);
  for (const part of context) input.raw(part);
  // L, the length of the output in bits.
  return provider.hmac('sha256', key, input.uint32(256).bytes);
}
