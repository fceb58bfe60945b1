/**
 * A client of AWS's own, to watch: the SDK for JavaScript over HTTP, its signatures verified, on the same store.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { DecryptCommand, InvalidCiphertextException, KMSClient } from '@aws-sdk/client-kms';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { parameterArn } from '@securestring/core';
import { awsEndpoint, type Services } from '@securestring/endpoint';
import { serve } from '@securestring/endpoint/node';
import { refusal, shorten, show, step } from './print.ts';

// The SDK warns on Node 20 that its releases of 2027 need a later one. This release does not.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** Puts a version of the parameter, reads it, and has KMS open what is stored. */
export async function client({ keystore, parameters }: Services, name: string, value: string): Promise<void> {
  const { accountId, region } = keystore;
  const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
  const secretAccessKey = randomBytes(30).toString('base64');
  const accessKey = (id: string) => (id === accessKeyId ? { secretAccessKey, accountId } : undefined);
  await using server = await serve({ endpoint: awsEndpoint({ keystore, parameters, accessKey }) });
  const settings = { region, endpoint: server.url, credentials: { accessKeyId, secretAccessKey } };
  const [ssm, kms] = [new SSMClient(settings), new KMSClient(settings)];
  show('\nThe same store, served to the AWS SDK for JavaScript', { endpoint: server.url });

  const put = new PutParameterCommand({ Name: name, Value: value, Type: 'SecureString', Overwrite: true });
  const { Version } = await step('PutParameter', () => ssm.send(put));
  show(undefined, { version: Version });

  const get = new GetParameterCommand({ Name: name, WithDecryption: true });
  const { Parameter } = await step('GetParameter', () => ssm.send(get));
  show(undefined, { value: Parameter?.Value });

  // The parameter stays in the advanced tier, whose values KMS cannot open: a new one is in the standard tier.
  const Name = `${name}-standard`;
  await ssm.send(new PutParameterCommand({ Name, Value: value, Type: 'SecureString' }));
  const stored = await ssm.send(new GetParameterCommand({ Name }));
  const sealed = Buffer.from(stored.Parameter?.Value ?? '', 'base64');
  const context = { PARAMETER_ARN: parameterArn({ name: Name, region, accountId }) };
  const opening = { CiphertextBlob: sealed, EncryptionContext: context };
  const { Plaintext } = await step("KMS Decrypt of what is stored, with the parameter's ARN as its context", () =>
    kms.send(new DecryptCommand(opening)),
  );
  show(undefined, {
    stored: shorten(stored.Parameter?.Value ?? ''),
    value: Buffer.from(Plaintext ?? []).toString(),
  });
  await refusal('The same without the context', InvalidCiphertextException, () =>
    kms.send(new DecryptCommand({ CiphertextBlob: sealed })),
  );
  ssm.destroy();
  kms.destroy();
}
