/**
 * Determinism for fixtures and tests. Nothing of this protects anything.
 * @module
 */

export {
  DETERMINISTIC_TIME,
  type DeterministicCreateKeyRequest,
  type DeterministicKeystore,
  type DeterministicKeystoreOptions,
  insecureDeterministicKeystore,
} from './testing/keystore.ts';
export { insecureDeterministicProvider } from './testing/randomness.ts';
