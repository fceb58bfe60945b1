/**
 * Powertools for AWS Lambda (TypeScript) against the endpoint, unchanged: its parameters over Parameter Store, in one
 * process and over HTTP.
 */

import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { SSMClient } from '@aws-sdk/client-ssm';
import { startTestEndpoint, type TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

let aws: TestEndpoint;
beforeAll(async () => {
  aws = await startTestEndpoint({ parameters: { '/app/password': 's3cret', '/app/json': '{"a":1}' } });
});
afterAll(() => aws.close());

describe.each(['in one process', 'over HTTP'] as const)('Powertools %s', (transport) => {
  let provider: SSMProvider;
  beforeEach(async () => {
    await aws.reset();
    // Over HTTP the environment alone points its own client here.
    for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
    const { requestHandler } = aws;
    provider = new SSMProvider(
      transport === 'over HTTP' ? {} : { awsSdkV3Client: new SSMClient({ requestHandler, maxAttempts: 1 }) },
    );
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('gets what is decrypted, what is not, and what is JSON', async () => {
    expect(await provider.get('/app/password', { decrypt: true })).toBe('s3cret');
    const sealed = await provider.get('/app/password', { forceFetch: true, decrypt: false });
    expect(Buffer.from(String(sealed), 'base64').length).toBeGreaterThan(100);
    expect(await provider.get('/app/json', { decrypt: true, transform: 'json' })).toEqual({ a: 1 });
  });

  it('sets, and sets again where it says so', async () => {
    const secret = { value: 'one', parameterType: 'SecureString' } as const;
    expect(await provider.set('/app/new', secret)).toBe(1);
    await expect(provider.set('/app/new', secret)).rejects.toMatchObject({
      cause: { name: 'ParameterAlreadyExists' },
    });
    expect(await provider.set('/app/new', { ...secret, value: 'two', overwrite: true })).toBe(2);
    expect(await provider.get('/app/new', { decrypt: true, forceFetch: true })).toBe('two');
  });

  it('cannot overwrite an advanced parameter, since it always asks for the standard tier', async () => {
    const name = '/app/advanced';
    await aws.store.putParameter({ name, value: 'v', type: 'String', tier: 'Advanced' });
    await expect(provider.set(name, { value: 'w', overwrite: true })).rejects.toMatchObject({
      cause: { name: 'ValidationException' },
    });
  });

  it('gets several by their path and by their names, and lists the names that fail', async () => {
    expect(await provider.getMultiple('/app', { decrypt: true })).toEqual({ password: 's3cret', json: '{"a":1}' });
    const found = await provider.getParametersByName(
      { '/app/password': { decrypt: true }, '/app/none': {} },
      { throwOnError: false },
    );
    expect(found).toEqual({ '/app/password': 's3cret', _errors: ['/app/none'] });
  });

  it('fails where the parameter is missing', async () => {
    await expect(provider.get('/app/none')).rejects.toMatchObject({ cause: { name: 'ParameterNotFound' } });
  });
});
