/** The endpoint for an application's tests: reset, clock, and faults on order, as a real client meets them. */

import { CreateKeyCommand, DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { DescribeParametersCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { startTestEndpoint, type TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let aws: TestEndpoint;
beforeAll(async () => {
  aws = await startTestEndpoint({ parameters: { '/app/password': 's3cret' } });
});
beforeEach(() => aws.reset());
afterAll(() => aws.close());

const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };

describe.each([
  ['in one process', () => ({ requestHandler: aws.requestHandler })],
  ['over HTTP', () => ({ endpoint: aws.url })],
] as const)('a client %s', (_, transport) => {
  const ssm = (maxAttempts = 3) => new SSMClient({ region: 'us-east-1', credentials, maxAttempts, ...transport() });
  const kms = () => new KMSClient({ region: 'us-east-1', credentials, ...transport() });
  const get = { Name: '/app/password', WithDecryption: true };

  it('meets the same beginning after each reset, to the last byte', async () => {
    const raw = async () => (await ssm().send(new GetParameterCommand({ Name: '/app/password' }))).Parameter?.Value;
    const first = await raw();
    await ssm().send(new PutParameterCommand({ Name: '/app/password', Value: 'other', Overwrite: true }));
    await ssm().send(new PutParameterCommand({ Name: '/app/more', Value: 'more', Type: 'String' }));
    await aws.reset();
    expect((await ssm().send(new DescribeParametersCommand({}))).Parameters?.length).toBe(1);
    expect(await raw()).toBe(first);
  });

  it('sees a month pass in a moment', async () => {
    const { KeyMetadata } = await kms().send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId;
    await kms().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 30 }));
    aws.advance(29 * 86_400_000);
    expect((await kms().send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState).toBe('PendingDeletion');
    aws.advance(86_400_000);
    await expect(kms().send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('backs off from throttling, and gets there', async () => {
    aws.order({ error: 'ThrottlingException', message: 'Rate exceeded', times: 2 });
    const { Parameter, $metadata } = await ssm().send(new GetParameterCommand(get));
    expect([Parameter?.Value, $metadata.attempts]).toEqual(['s3cret', 3]);
  });

  it('gives up after as many tries as it has', async () => {
    aws.order({ error: 'InternalServerError', status: 500, times: 2 });
    await expect(ssm(2).send(new GetParameterCommand(get))).rejects.toMatchObject({
      name: 'InternalServerError',
      $metadata: { attempts: 2 },
    });
    expect((await ssm(1).send(new GetParameterCommand(get))).Parameter?.Value).toBe('s3cret');
  });

  it('outlives a connection that is cut', async () => {
    aws.order({ cut: true });
    const { Parameter, $metadata } = await ssm().send(new GetParameterCommand(get));
    expect([Parameter?.Value, $metadata.attempts]).toEqual(['s3cret', 2]);
  });

  it('meets a fault of one operation alone, and none after a reset', async () => {
    aws.order({ error: 'AccessDeniedException', message: 'No.', operation: 'PutParameter', times: 5 });
    expect((await ssm(1).send(new GetParameterCommand(get))).Parameter?.Value).toBe('s3cret');
    const put = new PutParameterCommand({ Name: '/a', Value: 'b', Type: 'String' });
    await expect(ssm(1).send(put)).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'No.' });
    await aws.reset();
    await ssm(1).send(put);
  });

  it('waits as long as was ordered', async () => {
    aws.order({ latency: 80 });
    const before = performance.now();
    await ssm(1).send(new GetParameterCommand(get));
    expect(performance.now() - before).toBeGreaterThanOrEqual(79);
  });
});

describe('the environment', () => {
  it('points every client here', () => {
    expect(aws.env['AWS_ENDPOINT_URL']).toBe(aws.url);
    expect(Object.keys(aws.env)).toContain('AWS_DEFAULT_REGION');
  });
});
