/**
 * What a caller learns of a message's header.
 * @module
 */

import type { EncryptionContext } from '../encryption-context.ts';
import type { SuiteId } from '../suites.ts';
import type { EncryptedDataKey } from './encrypted-data-keys.ts';
import type { ContentType, HeaderBody } from './header.ts';

/** A verified header's content. Its byte arrays are its own; no secret is in it. */
export interface MessageHeader {
  readonly version: 1 | 2;
  readonly suite: SuiteId;
  /** 16 bytes in version 1, 32 in version 2. */
  readonly messageId: Uint8Array;
  /** All pairs that are bound to the message, those that the header does not store too. */
  readonly encryptionContext: EncryptionContext;
  readonly encryptedDataKeys: readonly EncryptedDataKey[];
  readonly contentType: ContentType;
  /** Plaintext bytes of each regular frame; 0 where the content is not framed. */
  readonly frameLength: number;
}

/** The header's bytes become the caller's: none of them may be used any more. */
export function messageHeader(header: HeaderBody): MessageHeader {
  const { suite, messageId, encryptionContext, encryptedDataKeys, contentType, frameLength } = header;
  return {
    version: suite.messageVersion,
    suite: suite.id,
    messageId,
    encryptionContext,
    encryptedDataKeys,
    contentType,
    frameLength,
  };
}
