/**
 * For tests: determinism for fixtures, which protects no secret, and the contract of a keystore's storage.
 * @module
 */

export {
  DETERMINISTIC_TIME,
  type DeterministicCreateKeyRequest,
  type DeterministicKeystore,
  type DeterministicKeystoreOptions,
  insecureDeterministicKeystore,
} from './testing/keystore.ts';
export { type ChosenMaterial, insecureKeyMaterials, type KeyMaterials } from './testing/materials.ts';
export { insecureDeterministicProvider } from './testing/randomness.ts';
export { type KeystoreStorageRule, keystoreStorageContract } from './testing/storage-contract.ts';
