/**
 * The numbers of the keystore's file and of AWS KMS's rules.
 * @module
 */

/** A number in a request: its bounds, and its value if the request has none. */
interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly default: number;
}

/** Most plaintext bytes of an Encrypt request. */
export const MAX_PLAINTEXT_LENGTH = 4096;
/** Most bytes of a ciphertext blob in a request. */
export const MAX_CIPHERTEXT_LENGTH = 6144;
/** Most bytes that GenerateDataKey and GenerateRandom return. */
export const MAX_GENERATED_LENGTH = 1024;
/** Longest key id, ARN or alias in a request, in characters. */
export const MAX_KEY_ID_LENGTH = 2048;
/** Most grant tokens of a request, and the most characters of one. */
export const MAX_GRANT_TOKENS = 10;
export const MAX_GRANT_TOKEN_LENGTH = 8192;
/** Hex digits of a grant's id, and the most characters of one in a request. */
export const GRANT_ID_LENGTH = 64;
export const MAX_GRANT_ID_LENGTH = 128;
/** Most grants of a customer's key. */
export const MAX_GRANTS_PER_KEY = 50_000;
/** Longest ARN of a principal, and longest name of a grant, in characters. */
export const MAX_PRINCIPAL_LENGTH = 256;
export const MAX_GRANT_NAME_LENGTH = 256;
/** Most pairs of a grant's constraint, and the most characters of all its names and values. */
export const MAX_CONSTRAINT_PAIRS = 8;
export const MAX_CONSTRAINT_LENGTH = 384;
/** Entries of a page of grants: the most, and those if the request has no limit. */
export const MAX_GRANT_PAGE_LENGTH = 100;
export const DEFAULT_GRANT_PAGE_LENGTH = 50;
/** Longest alias name in characters, `alias/` included. */
export const MAX_ALIAS_NAME_LENGTH = 256;
/** Longest description of a key in characters. */
export const MAX_DESCRIPTION_LENGTH = 8192;
/** Most bytes of a key policy, and the most characters that AWS's model lets a request have. */
export const MAX_KEY_POLICY_LENGTH = 32_768;
export const MAX_POLICY_LENGTH = 131_072;
/** Longest name of a key policy in characters. */
export const MAX_POLICY_NAME_LENGTH = 128;
/** Most access keys of a keystore, and the characters of the id of one in a request. */
export const MAX_ACCESS_KEYS = 100;
export const MIN_ACCESS_KEY_ID_LENGTH = 16;
export const MAX_ACCESS_KEY_ID_LENGTH = 128;
/** Random bytes of an access key: 10 of its id, 30 of its secret. */
export const ACCESS_KEY_LENGTH = 40;
/** Characters of an access key's secret. */
export const SECRET_ACCESS_KEY_LENGTH = 40;
/** Letters and digits of a unique id of IAM after its first four, and the random bytes of which they are made. */
export const UNIQUE_ID_LETTERS = 17;
export const UNIQUE_ID_BYTES = 11;
/** Most users and roles of an account. */
export const MAX_USERS = 5000;
export const MAX_ROLES = 1000;
/** Most access keys of a user. */
export const MAX_ACCESS_KEYS_PER_USER = 2;
/** Longest name of a user or role, path, and description of a role in characters. */
export const MAX_PRINCIPAL_NAME_LENGTH = 64;
export const MAX_PATH_LENGTH = 512;
export const MAX_ROLE_DESCRIPTION_LENGTH = 1000;
/** Longest pagination marker of IAM's lists in characters. */
export const MAX_IAM_MARKER_LENGTH = 320;
/** Most characters of all inline policies of a user and of a role, and of a trust policy, without white space. */
export const MAX_USER_POLICIES_LENGTH = 2048;
export const MAX_ROLE_POLICIES_LENGTH = 10_240;
export const MAX_TRUST_POLICY_LENGTH = 2048;
/** Seconds of the longest session of a role. */
export const SESSION_DURATION: Bounds = { least: 3600, most: 43_200, default: 3600 };
/** Characters of a role's ARN, of a session's name and of an external id in a request of AssumeRole. */
export const ROLE_ARN_LENGTH = { least: 20, most: 2048 } as const;
export const SESSION_NAME_LENGTH = { least: 2, most: 64 } as const;
export const EXTERNAL_ID_LENGTH = { least: 2, most: 1224 } as const;
/** Seconds of a session. The role has a maximum of its own. */
export const SESSION_SECONDS: Bounds = { least: 900, most: 43_200, default: 3600 };
/** Most seconds of a session that another session asks for. */
export const MAX_CHAINED_SECONDS = 3600;
/** Most characters of a session policy. */
export const MAX_SESSION_POLICY_LENGTH = 2048;
/**
 * Most bytes of a session's policy and tags together as UTF-8. AWS packs both into a space whose size it keeps to
 * itself. This one leaves room for the token among the headers of a request.
 */
export const MAX_PACKED_LENGTH = 4096;
/** Random bytes of a secret access key. */
export const ACCESS_KEY_SECRET_LENGTH = 30;
/** Most characters of a session token. */
export const MAX_SESSION_TOKEN_LENGTH = 8192;
/** Most message bytes of GenerateMac and VerifyMac. */
export const MAX_MAC_MESSAGE_LENGTH = 4096;
/** Most bytes of a MAC in a request. */
export const MAX_MAC_LENGTH = 6144;
/** Most tags of one key, and most characters of a tag's key and value. */
export const MAX_TAGS = 50;
export const MAX_TAG_KEY_LENGTH = 128;
export const MAX_TAG_VALUE_LENGTH = 256;
/** Days between ScheduleKeyDeletion and the deletion. */
export const PENDING_WINDOW: Bounds = { least: 7, most: 30, default: 30 };
/** Days between automatic rotations. */
export const ROTATION_PERIOD: Bounds = { least: 90, most: 2560, default: 365 };
/** Most on-demand rotations of one key, for its life. */
export const MAX_ON_DEMAND_ROTATIONS = 25;
/** The time before an automatic rotation in which AWS refuses one on demand, in ms: 20 minutes. */
export const ON_DEMAND_DISTANCE = 1_200_000;
/** The time that an import token is valid, in ms. */
export const IMPORT_TOKEN_LIFETIME: number = 24 * 60 * 60 * 1000;
/** Longest time from an import to the expiry of the material, in days. */
export const MAX_IMPORT_DAYS = 365;
/** Longest description of imported key material in characters. */
export const MAX_MATERIAL_DESCRIPTION_LENGTH = 256;
/** Hex digits of the id of key material in a request. */
export const MATERIAL_ID_LENGTH = 64;
/** The last time that a `Date` can hold, in ms. */
export const MAX_TIME = 8_640_000_000_000_000;
/** Milliseconds of a day. */
export const DAY = 86_400_000;
/** Most aliases of one key. */
export const MAX_ALIASES_PER_KEY = 50;
/** Most entries of one page of a list. */
export const MAX_PAGE_LENGTH = 1000;
/** Entries of a page if the request has no limit. */
export const DEFAULT_PAGE_LENGTH = 100;
/** Longest pagination marker in characters. */
export const MAX_MARKER_LENGTH = 1024;

/** Most bytes of the material of an HMAC key: 1024 bits. The least is the length of its MACs. */
export const MAX_HMAC_MATERIAL_LENGTH = 128;
/** Bytes of a store id, a salt and a scrypt salt. */
export const ID_LENGTH = 16;
/** Bytes of the root key, of the key that unlocks it, and of every key derived from it. */
export const KEY_LENGTH = 32;
/** Bytes of a 32-byte key wrapped by AES-KWP. */
export const WRAPPED_KEY_LENGTH = 40;
/** Returns the bytes of so many wrapped by AES-KWP: whole blocks of 8, and one more. RFC 5649 §4.1. */
export function wrappedKeyLength(length: number): number {
  return Math.ceil(length / 8) * 8 + 8;
}
/** Bytes of SHA-256. */
export const CHECKSUM_LENGTH = 32;
/** Bytes of an AES-GCM initialisation vector. */
export const IV_LENGTH = 12;
/** Bytes of an AES-GCM tag. */
export const TAG_LENGTH = 16;
/** Most unlock slots of a file: each may cost one scrypt. */
export const MAX_SLOTS = 16;
/** Most characters of an unlock slot's name. */
export const MAX_SLOT_NAME_LENGTH = 64;
/** The costs of scrypt in new slots, RFC 7914 §2: 128 MiB, some tenths of a second. */
export const SCRYPT = { log2N: 17, r: 8, p: 1 } as const;
/** The bounds of scrypt's costs in slots that are opened: no weaker than in new slots, and safe for the machine. */
export const SCRYPT_LOG2N: readonly [number, number] = [17, 20];
export const SCRYPT_R: readonly [number, number] = [8, 16];
export const SCRYPT_P: readonly [number, number] = [1, 4];
/** Most bytes of 128 · N · r. */
export const SCRYPT_MEMORY: number = 512 * 1024 * 1024;
/** The largest sum of N · r · p over all slots: twice that of a document with 16 new slots, about ten seconds. */
export const SCRYPT_WORK: number = 2 * MAX_SLOTS * 2 ** SCRYPT.log2N * SCRYPT.r * SCRYPT.p;
