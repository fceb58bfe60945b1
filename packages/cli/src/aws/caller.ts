/**
 * Who calls: the root of the store's account, or the access key in the environment, if it is one of the store's.
 * @module
 */

import { nodeProvider } from '@securestring/core/node';
import { ACCESS_KEYS, type AccessKeySecret } from '@securestring/keystore/access-keys';
import type { Context } from '../command/context.ts';
import type { OpenStore } from '../store/with-store.ts';
import { AWS_EXIT, AwsFault } from './fault.ts';

/** A caller. `key` is absent from the root of the account, whose access key id is then a name that no key has. */
export interface Caller {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  readonly key?: AccessKeySecret;
}

const ROOT: Caller = { accessKeyId: 'securestring' };

/** @throws `AwsFault` where the environment has the access key with another secret, or without its session token. */
export function callerOf({ keystore }: Pick<OpenStore, 'keystore'>, context: Context): Caller {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secret = '',
    AWS_SESSION_TOKEN: sessionToken,
  } = context.terminal.env;
  if (accessKeyId === undefined || accessKeyId === '') return ROOT;
  const isSession = accessKeyId.startsWith('ASIA');
  const key = keystore[ACCESS_KEYS].find(accessKeyId, isSession ? (sessionToken ?? '') : undefined);
  if (key === undefined) {
    context.note('AWS_ACCESS_KEY_ID is not an access key of this store: the call is of the root of its account.');
    return ROOT;
  }
  const [own, given] = [Buffer.from(key.secretAccessKey), Buffer.from(secret)];
  if (own.length !== given.length || !nodeProvider.equalConstantTime(own, given)) {
    throw new AwsFault(AWS_EXIT.usage, 'AWS_SECRET_ACCESS_KEY is not the secret of AWS_ACCESS_KEY_ID.');
  }
  return { accessKeyId, key, ...(isSession && sessionToken !== undefined && { sessionToken }) };
}
