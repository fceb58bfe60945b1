/**
 * AWS's own KMS as a key service, for code that was written on this engine and moves there. Nothing of the SDK is
 * imported: the caller brings the client and its commands.
 * @module
 */

import type { AsyncKeyService, EncryptionContext } from '@securestring/core';
import { wrongKind } from '@securestring/core/options';

/** A `KMSClient` of `@aws-sdk/client-kms`, version 3, by its shape. */
export interface AwsKmsClient {
  /** Sends a command and returns its answer. */
  send(command: never): Promise<unknown>;
}

/** The three commands of `@aws-sdk/client-kms` that a key service needs. The whole module will do. */
export interface AwsKmsCommands {
  /** Makes a GenerateDataKey request. */
  readonly GenerateDataKeyCommand: new (input: {
    KeyId: string;
    NumberOfBytes: number;
    EncryptionContext?: Record<string, string>;
  }) => unknown;
  /** Makes an Encrypt request. */
  readonly EncryptCommand: new (input: {
    KeyId: string;
    Plaintext: Uint8Array;
    EncryptionContext?: Record<string, string>;
  }) => unknown;
  /** Makes a Decrypt request. */
  readonly DecryptCommand: new (input: {
    KeyId?: string;
    CiphertextBlob: Uint8Array;
    EncryptionContext?: Record<string, string>;
  }) => unknown;
}

/** What of AWS's answers is read. The core refuses an answer that lacks a part. */
interface Answer {
  readonly KeyId: string;
  readonly Plaintext: Uint8Array;
  readonly CiphertextBlob: Uint8Array;
}

/**
 * Makes a key service of a client for AWS KMS, for `kmsKeyringAsync`, `sealParameterAsync` and `openParameterAsync`.
 * Errors are the client's own. The client retries as it is configured to.
 *
 * @throws `TypeError` if the client has no `send`, or a command is missing.
 * @example
 * import * as awsKms from '@aws-sdk/client-kms';
 * const kms = awsKeyService(new awsKms.KMSClient({ region: 'eu-central-1' }), awsKms);
 * const keyring = kmsKeyringAsync({ kms, generatorKeyId: 'alias/my-key' });
 */
export function awsKeyService(client: AwsKmsClient, commands: AwsKmsCommands): AsyncKeyService {
  if (typeof Object(client).send !== 'function') throw wrongKind(client, 'client', 'a KMSClient of the AWS SDK');
  for (const name of COMMANDS) requireCommand(Object(commands)[name], name);
  const { GenerateDataKeyCommand, EncryptCommand, DecryptCommand } = commands;
  const send = async (command: unknown): Promise<Answer> => (await client.send(command as never)) as Answer;
  return {
    async generateDataKey({ keyId, numberOfBytes, encryptionContext }) {
      const input = { KeyId: keyId, NumberOfBytes: numberOfBytes, ...contextOf(encryptionContext) };
      const { KeyId, Plaintext, CiphertextBlob } = await send(new GenerateDataKeyCommand(input));
      return { keyId: KeyId, plaintext: Plaintext, ciphertextBlob: CiphertextBlob };
    },
    async encrypt({ keyId, plaintext, encryptionContext }) {
      const input = { KeyId: keyId, Plaintext: plaintext, ...contextOf(encryptionContext) };
      const { KeyId, CiphertextBlob } = await send(new EncryptCommand(input));
      return { keyId: KeyId, ciphertextBlob: CiphertextBlob };
    },
    async decrypt({ keyId, ciphertextBlob, encryptionContext }) {
      const input = { CiphertextBlob: ciphertextBlob, ...contextOf(encryptionContext) };
      const { KeyId, Plaintext } = await send(
        new DecryptCommand(keyId === undefined ? input : { ...input, KeyId: keyId }),
      );
      return { keyId: KeyId, plaintext: Plaintext };
    },
  };
}

const COMMANDS = ['GenerateDataKeyCommand', 'EncryptCommand', 'DecryptCommand'] as const;

function requireCommand(command: unknown, name: string): void {
  if (typeof command !== 'function') throw wrongKind(command, `commands.${name}`, 'a class of @aws-sdk/client-kms');
}

function contextOf(context: EncryptionContext | undefined): { EncryptionContext?: Record<string, string> } {
  return context === undefined ? {} : { EncryptionContext: { ...context } };
}
