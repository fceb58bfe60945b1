/**
 * Determinism for fixtures and tests. None of it protects a secret.
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
