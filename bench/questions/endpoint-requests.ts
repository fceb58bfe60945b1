/**
 * Requests to the endpoint, as the SDK sends them: signed once by the SDK itself, and then sent again and again.
 * @module
 */

import {
  EncryptCommand,
  GetParameterCommand,
  KMSClient,
  PutParameterCommand,
  SSMClient,
} from '@securestring/bench-peers';
import type { Provider } from '@securestring/core';
import { memoryStorage, openKeystore } from '@securestring/keystore';
import { memoryStorage as memoryOfParameters, openParameterStore } from '@securestring/parameters';
import { wasmProvider } from '@securestring/provider-wasm';

export const REGION = 'us-east-1';
/** What every request here is signed with. */
export const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCY' };
const ALIAS = 'alias/bench';

/** A request that the SDK has signed. */
export interface Signed {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The calls that are measured. */
export const CALLS = {
  GetParameter: { Name: '/bench/secret', WithDecryption: true },
  Encrypt: { KeyId: ALIAS, Plaintext: Buffer.alloc(64, 1) },
  PutParameter: { Name: '/bench/written', Value: 'v'.repeat(64), Type: 'SecureString', Overwrite: true },
} as const;
export type CallName = keyof typeof CALLS;

/** Opens stores in memory that have what the calls need, with the provider that `securestring serve` chooses. */
export async function openStores(provider: Provider = wasmProvider) {
  const unlock = { rootKey: new Uint8Array(32).fill(7) };
  const keystore = await openKeystore({ storage: memoryStorage(), unlock, provider });
  const parameters = await openParameterStore({ keystore, storage: memoryOfParameters(), provider });
  const { keyMetadata } = await keystore.createKey();
  await keystore.createAlias({ aliasName: ALIAS, targetKeyId: keyMetadata.keyId });
  await parameters.putParameter({ name: CALLS.GetParameter.Name, value: 's'.repeat(64), type: 'SecureString' });
  return { keystore, parameters };
}

/** Makes clients whose requests go to a handler. */
export function clientsOver(requestHandler: never, endpoint = 'http://127.0.0.1', credentials = CREDENTIALS) {
  const options = { region: REGION, credentials, endpoint, requestHandler, maxAttempts: 1 };
  const [ssm, kms] = [new SSMClient(options), new KMSClient(options)];
  return {
    GetParameter: () => ssm.send(new GetParameterCommand(CALLS.GetParameter)),
    Encrypt: () => kms.send(new EncryptCommand(CALLS.Encrypt)),
    PutParameter: () => ssm.send(new PutParameterCommand(CALLS.PutParameter)),
  };
}

/** Has the SDK sign a call for a server, and returns the request. */
export async function sign(call: CallName, url: string, credentials = CREDENTIALS): Promise<Signed> {
  let signed: Signed | undefined;
  const handle = (request: Signed) => {
    signed = { ...request, body: Buffer.from(request.body).toString() };
    return Promise.reject(new Error('signed'));
  };
  await clientsOver({ metadata: { handlerProtocol: 'http/1.1' }, handle } as never, url, credentials)
    [call]()
    .catch(() => undefined);
  if (signed === undefined) throw new Error(`The SDK has signed no ${call}.`);
  return signed;
}
