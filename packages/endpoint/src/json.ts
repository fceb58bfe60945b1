/**
 * AWS JSON 1.1: reads a request's body, and writes answers and errors.
 * @module
 */

import { decodeUtf8, encodeUtf8, utf8Length } from '@securestring/core/utf8';
import { serializationError } from './fault.ts';
import type { HttpAnswer } from './message.ts';

/** Deeper than any request of AWS's. */
const MAX_DEPTH = 32;

/**
 * Parses the body of a request. An empty body is a request without members.
 *
 * @throws `EndpointError` (`SerializationException`) if it is not a JSON object in UTF-8, or is nested too deeply.
 */
export function parseBody(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  const text = decodeUtf8(body);
  if (text === undefined) throw serializationError('The body is not UTF-8.');
  requireShallow(text);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold a secret.
    throw serializationError('The body is not JSON.');
  }
}

/** Counts open brackets outside of texts, before anything is built of them. */
function requireShallow(text: string): void {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (inText) {
      if (unit === BACKSLASH) i++;
      else if (unit === QUOTE) inText = false;
    } else if (unit === QUOTE) inText = true;
    else if (unit === OPEN_LIST || unit === OPEN_RECORD) {
      depth++;
      if (depth > MAX_DEPTH) throw serializationError('The body is nested too deeply.');
    } else if (unit === CLOSE_LIST || unit === CLOSE_RECORD) depth--;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_RECORD = 0x7b;
const CLOSE_RECORD = 0x7d;

/** Builds a successful answer. An operation without a result has an empty record. */
export function jsonAnswer(result: Readonly<Record<string, unknown>>, requestId: string): HttpAnswer {
  return answerOf(200, result, requestId);
}

/** Builds an error's answer. Its name is in the body, the one place where every client looks. */
export function jsonError(status: number, name: string, message: string, requestId: string): HttpAnswer {
  return answerOf(status, { __type: name, message }, requestId);
}

function answerOf(status: number, record: Readonly<Record<string, unknown>>, requestId: string): HttpAnswer {
  return new JsonAnswer(status, JSON.stringify(record), requestId);
}

/** A class for speed: V8 makes the accessor of a record again for each record, of a class once. */
class JsonAnswer implements HttpAnswer {
  readonly status: number;
  readonly headers: HttpAnswer['headers'];
  readonly text: string;

  constructor(status: number, text: string, requestId: string) {
    this.status = status;
    this.headers = {
      'x-amzn-requestid': requestId,
      'content-type': 'application/x-amz-json-1.1',
      'content-length': String(utf8Length(text)),
    };
    this.text = text;
  }

  /** Bytes are made only for a reader that cannot take the text. */
  get body(): Uint8Array<ArrayBuffer> {
    return encodeUtf8(this.text);
  }
}
