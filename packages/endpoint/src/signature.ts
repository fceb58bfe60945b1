/**
 * Signature version 4: reads and verifies the signature of a request.
 *
 * AWS Identity and Access Management User Guide, "Create a signed AWS API request": canonical request, string to sign,
 * signing key. The headers that are signed differ by client, so the request's own list decides.
 * @module
 */

import { encodeUtf8, writeUtf8 } from '@securestring/core/utf8';
import { hmacHex, provider, sha256Hex } from '#platform';
import { EndpointError } from './fault.ts';
import type { HttpRequest } from './message.ts';

/** What a signature says of its maker, before it is verified. */
export interface Credential {
  readonly accessKeyId: string;
  /** Eight digits. */
  readonly date: string;
  readonly region: string;
  /** The service in lower case, such as `kms`. */
  readonly service: string;
}

/** The parts of an `authorization` header. */
interface Authorization {
  readonly credential: Credential;
  readonly signedHeaders: readonly string[];
  /** 64 hex digits. */
  readonly signature: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const TERMINATOR = 'aws4_request';
const DIGITS = /^\d{8}$/;
const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const MINUTE = 60_000;
/** How far a request's time may lie before the server's, and after it. */
const MAX_AGE = 15 * MINUTE;
const MAX_AHEAD = 5 * MINUTE;
/** Signing keys are kept: each is of one access key, day, Region and service. */
const MAX_KEPT_KEYS = 64;

/**
 * Reads who signed a request, and for what. Nothing is verified yet.
 *
 * @throws `EndpointError`: `MissingAuthenticationTokenException`, `IncompleteSignatureException`.
 */
export function parseCredential({ headers }: HttpRequest): Credential {
  return parseAuthorization(headers['authorization']).credential;
}

/** The header that was parsed last: each request's is read twice, for its credential and for its signature. */
let last: { readonly header: string; readonly parsed: Authorization } | undefined;

function parseAuthorization(header: string | undefined): Authorization {
  if (last !== undefined && last.header === header) return last.parsed;
  const parsed = parseByHead(header);
  if (header !== undefined) last = { header, parsed };
  return parsed;
}

/** Heads of `authorization` headers: a client sends the same one all day, and another signature after it. */
const heads = new Map<string, Omit<Authorization, 'signature'>>();
const MAX_HEAD_LENGTH = 512;
const BEFORE_SIGNATURE = 'Signature=';
const SIGNATURE_LENGTH = 64;
const SIGNATURE = /^[0-9a-f]{64}$/;

function parseByHead(header = ''): Authorization {
  const at = header.length - SIGNATURE_LENGTH;
  const signature = header.slice(at);
  const head = header.slice(0, Math.max(0, at - BEFORE_SIGNATURE.length));
  const isUsual = head.length <= MAX_HEAD_LENGTH && header.startsWith(BEFORE_SIGNATURE, head.length);
  if (!isUsual || !/, ?$/.test(head) || !SIGNATURE.test(signature)) return parseWhole(header);
  const known = heads.get(head);
  if (known !== undefined) return { credential: known.credential, signedHeaders: known.signedHeaders, signature };
  const parsed = parseWhole(header);
  if (heads.size >= MAX_KEPT_KEYS) heads.clear();
  heads.set(head, { credential: parsed.credential, signedHeaders: parsed.signedHeaders });
  return parsed;
}

/** Verifies signatures. */
export interface SignatureVerifier {
  /**
   * Verifies a request's signature with its secret access key.
   *
   * @throws `EndpointError`: `InvalidSignatureException`, `IncompleteSignatureException`.
   */
  verify(request: HttpRequest, secretAccessKey: string, now: number): void;
}

/** Makes a verifier. It keeps the last signing keys, which an access key's secret gives for a day. */
export function signatureVerifier(): SignatureVerifier {
  const kept = new Map<string, (text: string) => string>();
  let last: { readonly secret: string; readonly credential: Credential; sign(text: string): string } | undefined;
  const signer = (secret: string, credential: Credential): ((text: string) => string) => {
    // Requests with one head have one credential: no name has to be built for them.
    if (last?.credential !== credential || last.secret !== secret) {
      last = { secret, credential, sign: signerOf(secret, credential) };
    }
    return last.sign;
  };
  const signerOf = (secret: string, { date, region, service }: Credential): ((text: string) => string) => {
    const name = `${secret}\n${date}\n${region}\n${service}`;
    const known = kept.get(name);
    if (known !== undefined) return known;
    const made = hmacHex([date, region, service, TERMINATOR].reduce(hmac, encodeUtf8(`AWS4${secret}`)));
    if (kept.size >= MAX_KEPT_KEYS) kept.clear();
    kept.set(name, made);
    return made;
  };
  return {
    verify: (request, secret, now) => {
      const { credential, signedHeaders, signature } = parseAuthorization(request.headers['authorization']);
      const time = request.headers['x-amz-date'] ?? '';
      requireSigned(signedHeaders);
      const canonical = canonicalRequest(request, signedHeaders);
      const scope = `${credential.date}/${credential.region}/${credential.service}/${TERMINATOR}`;
      const toSign = `${ALGORITHM}\n${time}\n${scope}\n${sha256Hex(canonical)}`;
      const expected = signer(secret, credential)(toSign);
      if (!isSameSignature(expected, signature)) throw wrongSignature();
      requireTime(time, credential.date, now);
    },
  };
}

/** Memory for the two signatures that are compared. */
const compared = [new Uint8Array(SIGNATURE_LENGTH), new Uint8Array(SIGNATURE_LENGTH)] as const;

function isSameSignature(expected: string, signature: string): boolean {
  if (signature.length !== SIGNATURE_LENGTH) return false;
  const [own, sent] = compared;
  writeUtf8(expected, own, 0);
  writeUtf8(signature, sent, 0);
  return provider.equalConstantTime(own, sent);
}

function parseWhole(header: string): Authorization {
  if (header === '') {
    throw new EndpointError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const [algorithm = '', ...rest] = header.trim().split(/\s+/);
  if (algorithm !== ALGORITHM) {
    throw incomplete(`Unsupported AWS 'algorithm': '${algorithm.slice(0, 64)}'.`);
  }
  const parts = new Map(
    rest
      .join('')
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const),
  );
  const lacking = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parts.get(name));
  if (lacking.length > 0) {
    throw incomplete(lacking.map((name) => `Authorization header requires '${name}' parameter.`).join(' '));
  }
  const [accessKeyId = '', date = '', region = '', service = '', terminator, ...more] = (
    parts.get('Credential') ?? ''
  ).split('/');
  if (terminator !== TERMINATOR || more.length > 0 || !DIGITS.test(date)) {
    throw incomplete(
      'Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/aws4_request.',
    );
  }
  return {
    credential: { accessKeyId, date, region, service: service.toLowerCase() },
    signedHeaders: (parts.get('SignedHeaders') ?? '').toLowerCase().split(';'),
    signature: parts.get('Signature') ?? '',
  };
}

/** A signature that does not cover the host could be sent to another one. */
function requireSigned(signedHeaders: readonly string[]): void {
  if (signedHeaders.includes('host')) return;
  throw new EndpointError(
    'InvalidSignatureException',
    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    403,
  );
}

function canonicalRequest({ method, path, headers, body }: HttpRequest, signedHeaders: readonly string[]): string {
  const query = path.indexOf('?');
  let text = `${method}\n${canonicalPath(query < 0 ? path : path.slice(0, query))}\n`;
  if (query >= 0) text += canonicalQuery(path.slice(query + 1));
  text += '\n';
  for (const name of signedHeaders) text += `${name}:${trimAll(headers[name] ?? '')}\n`;
  return `${text}\n${signedHeaders.join(';')}\n${sha256Hex(body)}`;
}

/** Each segment is encoded once more, as every service but S3 has it. */
function canonicalPath(path: string): string {
  if (path === '/') return path;
  const segments = path.split('/').map((segment) => encodeURIComponent(segment).replaceAll(/[!'()*]/g, percentEncoded));
  return segments.join('/') || '/';
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return pairs
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&');
}

function trimAll(value: string): string {
  return /^\s|\s$|\s\s|[^\S ]/.test(value) ? value.trim().replaceAll(/\s+/g, ' ') : value;
}

/** The time is judged after the signature: only then is it the caller's own. */
function requireTime(time: string, date: string, now: number): void {
  const sent = millisecondsOf(time);
  if (sent === undefined || !time.startsWith(date)) {
    throw new EndpointError(
      'InvalidSignatureException',
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP',
      403,
    );
  }
  if (sent < now - MAX_AGE) {
    throw new EndpointError(
      'InvalidSignatureException',
      `Signature expired: ${time} is now earlier than ${stamp(now - MAX_AGE)} (${stamp(now)} - 15 min.)`,
      403,
    );
  }
  if (sent > now + MAX_AHEAD) {
    throw new EndpointError(
      'InvalidSignatureException',
      `Signature not yet current: ${time} is still later than ${stamp(now + MAX_AHEAD)} (${stamp(now)} + 5 min.)`,
      403,
    );
  }
}

/** The time that was parsed last: a busy client sends many requests within its second. */
let lastTime: { readonly text: string; readonly milliseconds: number } | undefined;

function millisecondsOf(text: string): number | undefined {
  if (lastTime?.text === text) return lastTime.milliseconds;
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  lastTime = { text, milliseconds: Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second) };
  return lastTime.milliseconds;
}

/** The form of `x-amz-date`: `20261127T120000Z`. */
function stamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function hmac(key: Uint8Array, text: string): Uint8Array<ArrayBuffer> {
  return provider.hmac('sha256', key, encodeUtf8(text));
}

function incomplete(message: string): EndpointError {
  return new EndpointError('IncompleteSignatureException', message, 403);
}

function wrongSignature(): EndpointError {
  return new EndpointError(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    403,
  );
}
