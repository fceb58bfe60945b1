/**
 * Requests and answers of HTTP, as the endpoint sees them: whole, and of no server.
 * @module
 */

/** A request, read to its end. */
export interface HttpRequest {
  readonly method: string;
  /** The path with its query, as it was sent, such as `/`. */
  readonly path: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** The caller's address, IPv4 or IPv6. Absent from a request of this process. */
  readonly remoteAddress?: string;
  /** Whether the request came over TLS. Absent from a request of this process. */
  readonly isSecure?: boolean;
}

/** An answer, to be sent as it is. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The body's text, if it was made of one: a server sends it in one piece with the headers, without the bytes. */
  readonly text?: string;
}
