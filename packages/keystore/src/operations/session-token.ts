/**
 * Session tokens. A token has all that identifies a role's session and verifies its signatures, so the keystore keeps
 * nothing of a session, and every process that opens the keystore knows all of them.
 *
 * ```
 * 01 | salt 16 | IV 12 | AES-256-GCM of the content | tag 16, all in base64
 * key = HMAC-SHA256(token key, 00000001 ‖ "securestring session token v1" ‖ 00 ‖ salt ‖ 00000100), SP 800-108r1 §4.1
 * AAD = access key id
 * content: secret 30 | start i64 ms | expiration i64 ms | role's unique id | session's name | policy | keys and values
 *          of tags; each text with its length as u16. An empty policy: the session has none.
 * ```
 * @module
 */

import type { Provider } from '@securestring/core';
import { decodeBase64, encodeBase64 } from '@securestring/core/base64';
import { Reader, Writer } from '@securestring/core/bytes';
import { decodeUtf8, encodeUtf8, utf8Length } from '@securestring/core/utf8';
import { openSealed, SEALED_OVERHEAD, sealInto } from '../document/sealed.ts';
import { ACCESS_KEY_SECRET_LENGTH, MAX_SESSION_TOKEN_LENGTH } from '../limits.ts';

/** A session of a role. */
export interface Session {
  /** The unique id of the role, `AROA…`: a role that is created again under its name has other sessions. */
  readonly roleId: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Milliseconds since 1970. From then on the session may do nothing. */
  readonly expiration: number;
  /** The session policy; `undefined` if it was made without. */
  readonly policy: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/** A session and what its requests are signed with. */
export interface SessionCredentials {
  readonly session: Session;
  /** `ASIA…` */
  readonly accessKeyId: string;
  /** 40 characters; secret. */
  readonly secretAccessKey: string;
}

/** What seals tokens. */
export interface TokenSealer {
  /** The key that the keys of tokens are derived from; 32 secret bytes. */
  readonly tokenKey: Uint8Array;
  readonly provider: Provider;
}

const VERSION = 1;
const LABEL = encodeUtf8('securestring session token v1');
const TIMES_LENGTH = 16;

/** Seals a session and the secret of its access key. Returns the token as text. */
export function sealSession(
  { tokenKey, provider }: TokenSealer,
  { session, accessKeyId }: Omit<SessionCredentials, 'secretAccessKey'>,
  secret: Uint8Array,
): string {
  const { roleId, name, policy = '', tags } = session;
  const texts = [roleId, name, policy, ...[...tags].flat()];
  const length = texts.reduce((sum, text) => sum + 2 + utf8Length(text), secret.length + TIMES_LENGTH);
  const content = new Writer(new Uint8Array(length)).raw(secret);
  putTime(content, session.start);
  putTime(content, session.expiration);
  for (const text of texts) content.text16(text);
  const token = new Writer(new Uint8Array(1 + length + SEALED_OVERHEAD)).uint8(VERSION);
  const authenticated = encodeUtf8(accessKeyId);
  try {
    const target = token.reserve(length + SEALED_OVERHEAD);
    // The salt gives each token a key of its own, so no IV is used twice under one.
    sealInto(target, content.bytes, { provider, secret: tokenKey, label: LABEL, authenticated });
  } finally {
    content.bytes.fill(0);
  }
  return encodeBase64(token.bytes);
}

/** Opens the token of an access key; `undefined` if it was not sealed here for that one, or was changed. */
export function openSession(
  { tokenKey, provider }: TokenSealer,
  accessKeyId: string,
  token: string,
): SessionCredentials | undefined {
  if (token.length > MAX_SESSION_TOKEN_LENGTH) return undefined;
  const bytes = decodeBase64(token);
  const least = 1 + SEALED_OVERHEAD + ACCESS_KEY_SECRET_LENGTH + TIMES_LENGTH;
  if (typeof bytes === 'number' || bytes[0] !== VERSION || bytes.length < least) return undefined;
  const authenticated = encodeUtf8(accessKeyId);
  const content = openSealed(bytes.subarray(1), { provider, secret: tokenKey, label: LABEL, authenticated });
  if (content === undefined) return undefined;
  try {
    const reader = new Reader(content, 'MALFORMED_SEALED_VALUE');
    const secretAccessKey = encodeBase64(reader.take(ACCESS_KEY_SECRET_LENGTH, 'secret access key'));
    return { session: readSession(reader), accessKeyId, secretAccessKey };
  } finally {
    content.fill(0);
  }
}

/** Reads what was sealed, which is as it was written. */
function readSession(reader: Reader): Session {
  const start = takeTime(reader, 'start');
  const expiration = takeTime(reader, 'expiration');
  const text = (name: string): string => decodeUtf8(reader.take16(name)) ?? '';
  const [roleId, name, policy] = [text('role'), text('name'), text('policy')];
  const tags = new Map<string, string>();
  while (reader.remaining > 0) tags.set(text('tag key'), text('tag value'));
  return { roleId, name, start, expiration, policy: policy === '' ? undefined : policy, tags };
}

function putTime(writer: Writer, time: number): void {
  const high = Math.floor(time / 2 ** 32);
  writer.uint32(high).uint32(time - high * 2 ** 32);
}

function takeTime(reader: Reader, name: string): number {
  return Number(BigInt.asIntN(64, reader.uint64(name)));
}
