/**
 * Base64 as streams: `--encode` and `--decode`.
 * @module
 */

import { Transform } from 'node:stream';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

/** Bytes of a group, and its characters. */
const GROUP = { bytes: 3, characters: 4 } as const;

export function encodeBase64(): Transform {
  let rest: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      const bytes = Buffer.concat([rest, chunk]);
      const whole = bytes.length - (bytes.length % GROUP.bytes);
      rest = bytes.subarray(whole);
      done(null, bytes.toString('base64', 0, whole));
    },
    flush(done) {
      done(null, `${rest.toString('base64')}\n`);
    },
  });
}

/** White space counts for nothing; what else is not base64 is refused. */
export function decodeBase64(): Transform {
  let rest = '';
  let padded = false;
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      const text = rest + Buffer.from(chunk).toString('latin1').replace(/\s+/g, '');
      const whole = text.length - (text.length % GROUP.characters);
      rest = text.slice(whole);
      const groups = text.slice(0, whole);
      if (padded ? text !== '' : !isBase64(groups)) return done(notBase64());
      padded = groups.endsWith('=');
      done(null, Buffer.from(groups, 'base64'));
    },
    flush(done) {
      done(rest === '' ? null : notBase64());
    },
  });
}

function isBase64(groups: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(groups) && Buffer.from(groups, 'base64').toString('base64') === groups;
}

function notBase64(): CliError {
  return new CliError(EXIT.notAuthentic, 'The input is not base64: it has other characters, or is cut short.');
}
