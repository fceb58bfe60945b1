/** The endpoint without a server and without a client: requests by hand. */

import { encodeUtf8 } from '@securestring/core/utf8';
import { insecureDeterministicKeystore } from '@securestring/keystore/testing';
import { memoryStorage, openParameterStore } from '@securestring/parameters';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AwsEndpoint, awsEndpoint, type Services } from '../src/index.ts';
import { SERVICES } from '../src/services.ts';
import { send, sendRaw, testEndpoint } from './support.ts';

let endpoint: AwsEndpoint;
let keyId: string;

beforeAll(async () => {
  ({ endpoint } = await testEndpoint({ parameters: { '/app/password': 's3cret' } }));
  const { json } = await send(endpoint, 'TrentService.CreateKey', {});
  keyId = (json['KeyMetadata'] as { KeyId: string }).KeyId;
});

describe('an answer', () => {
  it('is AWS JSON 1.1 with a request id', async () => {
    const { status, headers, json } = await send(endpoint, 'AmazonSSM.GetParameter', {
      Name: '/app/password',
      WithDecryption: true,
    });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/x-amz-json-1.1');
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(json['Parameter']).toMatchObject({
      Name: '/app/password',
      Type: 'SecureString',
      Value: 's3cret',
      ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/app/password',
    });
  });

  it('has times as numbers of seconds, and AWS’s own names of members', async () => {
    const { json } = await send(endpoint, 'TrentService.DescribeKey', { KeyId: keyId });
    const metadata = json['KeyMetadata'] as Record<string, unknown>;
    expect(typeof metadata['CreationDate']).toBe('number');
    expect(metadata['AWSAccountId']).toBe('000000000000');
    expect(metadata['Arn']).toBe(`arn:aws:kms:us-east-1:000000000000:key/${keyId}`);
  });

  it('of an operation without a result is an empty record', async () => {
    const { status, text } = await send(endpoint, 'TrentService.DisableKey', { KeyId: keyId });
    expect([status, text]).toEqual([200, '{}']);
    await send(endpoint, 'TrentService.EnableKey', { KeyId: keyId });
  });

  it('carries bytes in base64, both ways', async () => {
    const Plaintext = Buffer.from('text').toString('base64');
    const sealed = await send(endpoint, 'TrentService.Encrypt', { KeyId: keyId, Plaintext });
    const opened = await send(endpoint, 'TrentService.Decrypt', { CiphertextBlob: sealed.json['CiphertextBlob'] });
    expect(opened.json['Plaintext']).toBe(Plaintext);
  });
});

describe('a request', () => {
  it('binds an encryption context of any names', async () => {
    const Plaintext = 'dGV4dA==';
    const body = `{"KeyId":"${keyId}","Plaintext":"${Plaintext}","EncryptionContext":{"__proto__":"a","KeyId":"b","":"c"}}`;
    const { json } = await sendRaw(endpoint, 'TrentService.Encrypt', body);
    const open = (context: string) =>
      sendRaw(endpoint, 'TrentService.Decrypt', `{"CiphertextBlob":"${String(json['CiphertextBlob'])}"${context}}`);
    const right = await open(',"EncryptionContext":{"":"c","KeyId":"b","__proto__":"a"}');
    expect(right.json['Plaintext']).toBe(Plaintext);
    for (const wrong of [
      '',
      ',"EncryptionContext":{"":"c","KeyId":"b"}',
      ',"EncryptionContext":{"":"c","KeyId":"b","__proto__":"x"}',
    ]) {
      expect((await open(wrong)).json['__type'], wrong).toBe('InvalidCiphertextException');
    }
  });

  it('may have members that AWS does not know, and members that are null', async () => {
    const { status } = await send(endpoint, 'TrentService.DescribeKey', {
      KeyId: keyId,
      Strange: 1,
      GrantTokens: null,
    });
    expect(status).toBe(200);
  });

  it.each([
    ['TrentService.Encrypt', '{"KeyId":5,"Plaintext":"dGV4dA=="}'],
    ['TrentService.Encrypt', '{"KeyId":"x","Plaintext":"dGV4dA"}'],
    ['TrentService.Encrypt', '{"KeyId":"x","Plaintext":"dGV4dB=="}'],
    ['TrentService.Encrypt', '{"KeyId":"x","Plaintext":"dGV4dA== "}'],
    ['TrentService.Encrypt', '{"KeyId":"x","Plaintext":[1,2]}'],
    ['TrentService.Encrypt', '{"KeyId":"x","Plaintext":"dGV4dA==","EncryptionContext":["a"]}'],
    ['TrentService.Encrypt', '{"KeyId":"x","Plaintext":"dGV4dA==","EncryptionContext":{"a":1}}'],
    ['TrentService.Encrypt', '{"KeyId":"x","Plaintext":"dGV4dA==","DryRun":"true"}'],
    ['TrentService.GenerateRandom', '{"NumberOfBytes":"32"}'],
    ['TrentService.GenerateRandom', '{"NumberOfBytes":32.5}'],
    ['TrentService.TagResource', '{"KeyId":"x","Tags":{"TagKey":"a","TagValue":"b"}}'],
    ['TrentService.TagResource', '{"KeyId":"x","Tags":["a"]}'],
    ['AmazonSSM.GetParameters', '{"Names":"a"}'],
    ['AmazonSSM.PutParameter', '{"Name":"/a","Value":5}'],
    ['AmazonSSM.GetParameter', '[]'],
    ['AmazonSSM.GetParameter', 'null'],
    ['AmazonSSM.GetParameter', '{"Name":"/a"'],
    ['AmazonSSM.GetParameter', '{"Name":"\u0000"}'],
    ['AmazonSSM.GetParameter', 'Name=/a'],
  ])('of %s that is %s is a SerializationException', async (target, body) => {
    const { status, json } = await sendRaw(endpoint, target, body);
    expect([status, json['__type']]).toEqual([400, 'SerializationException']);
  });

  it('of bytes that are not UTF-8 is refused, and so is one that is nested deeply', async () => {
    const latin = await sendRaw(endpoint, 'AmazonSSM.GetParameter', Uint8Array.of(0x7b, 0x22, 0xe9, 0x22, 0x7d));
    expect(latin.json['message']).toBe('The body is not UTF-8.');
    for (const depth of [33, 100_000]) {
      const deep = await sendRaw(endpoint, 'AmazonSSM.GetParameter', '['.repeat(depth));
      expect(deep.json['message']).toBe('The body is nested too deeply.');
    }
  });

  it('with brackets in its texts is not nested', async () => {
    const { status } = await send(endpoint, 'AmazonSSM.PutParameter', {
      Name: '/brackets',
      Type: 'String',
      Value: `"\\${'['.repeat(100)}`,
    });
    expect(status).toBe(200);
  });

  it('with several faults gets AWS’s text for all of them', async () => {
    const { json } = await send(endpoint, 'TrentService.Encrypt', { KeyId: '' });
    expect(json['message']).toBe(
      "2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value null at 'plaintext' failed to satisfy constraint: Member must not be null",
    );
  });

  it('without a body is one without members', async () => {
    expect((await sendRaw(endpoint, 'TrentService.ListKeys', '')).status).toBe(200);
  });

  it('longer than any legal one is refused unread', async () => {
    const { json } = await sendRaw(endpoint, 'TrentService.ListKeys', new Uint8Array(1024 * 1024 + 1));
    expect(json['__type']).toBe('RequestEntityTooLargeException');
  });
});

describe('an operation', () => {
  it.each([
    'TrentService.GetPublicKeys',
    'TrentService.',
    'AmazonSSM.SendCommand',
    'Other.Encrypt',
    '',
    'TrentService.constructor',
  ])('that is not here, %s, is unknown, and the answer names it', async (target) => {
    const { status, json } = await send(endpoint, target, {});
    expect(status).toBe(400);
    expect(json['__type']).toBe('UnknownOperationException');
    expect(json['message']).toBe(`This endpoint has no operation ${target}.`);
  });

  it('of this project alone is not on the wire', () => {
    const names = SERVICES.flatMap(({ operations }) => [...operations.keys()]);
    expect(names).not.toContain('ExportKeys');
    expect(names).not.toContain('ConvertToAdvanced');
    expect(names).toContain('Encrypt');
    expect(names).toContain('PutParameter');
  });

  it('needs POST', async () => {
    const answer = await endpoint.handle({
      method: 'GET',
      path: '/',
      headers: { 'x-amz-target': 'TrentService.ListKeys' },
      body: new Uint8Array(),
    });
    expect(answer.status).toBe(400);
  });
});

describe('a failure', () => {
  it('has no message where AWS has none', async () => {
    const { status, json } = await send(endpoint, 'AmazonSSM.GetParameter', { Name: '/none' });
    expect([status, json]).toEqual([400, { __type: 'ParameterNotFound', message: '' }]);
    const history = await send(endpoint, 'AmazonSSM.GetParameterHistory', { Name: '/none' });
    expect(history.json['__type']).toBe('ParameterNotFound');
  });

  it('that a client would repeat in vain is not a server fault', async () => {
    const { endpoint: closed, store } = await testEndpoint();
    await store.close();
    const kms = await send(closed, 'TrentService.ListKeys', {});
    expect([kms.status, kms.json['__type']]).toEqual([400, 'KMSInternalException']);
    const ssm = await send(closed, 'AmazonSSM.DescribeParameters', {});
    expect([ssm.status, ssm.json['__type']]).toEqual([400, 'InternalServerError']);
  });
});

describe('STS', () => {
  const ask = (body: string, authorization?: string) =>
    endpoint.handle({
      method: 'POST',
      path: '/',
      headers: {
        host: 'localhost',
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        authorization:
          authorization ??
          'AWS4-HMAC-SHA256 Credential=A/20261127/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: encodeUtf8(body),
    });

  it('says who calls', async () => {
    const answer = await ask('Action=GetCallerIdentity&Version=2011-06-15');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/xml');
    const id = answer.headers['x-amzn-requestid'] ?? '';
    expect(new TextDecoder().decode(answer.body)).toBe(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:root</Arn><UserId>000000000000</UserId><Account>000000000000</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    );
  });

  it('refuses every other action, as XML that no action can break', async () => {
    const answer = await ask('Action=%3C%2FCode%3E%00&Version=2011-06-15');
    expect(answer.status).toBe(400);
    expect(new TextDecoder().decode(answer.body)).toContain(
      '<Code>InvalidAction</Code><Message>Could not find operation &#60;/Code&#62;\ufffd for version 2011-06-15</Message>',
    );
  });

  it('refuses a request without a signature with its status', async () => {
    expect((await ask('Action=GetCallerIdentity', '')).status).toBe(403);
  });
});

describe('accounts and Regions', () => {
  it('each have services of their own, found by access key and scope', async () => {
    const stores = new Map<string, Services>();
    for (const place of ['111111111111/us-east-1', '111111111111/cn-north-1', '222222222222/us-east-1']) {
      const [accountId, region] = place.split('/') as [string, string];
      const keystore = await insecureDeterministicKeystore({ seed: place, accountId, region });
      const parameters = await openParameterStore({ keystore, storage: memoryStorage() });
      await parameters.putParameter({ name: '/where', value: place, type: 'String' });
      stores.set(place, { keystore, parameters });
    }
    const many = awsEndpoint({
      services: ({ accountId, region }) => stores.get(`${accountId}/${region}`),
      accessKey: (id) => (/^\d{12}$/.test(id) ? { accountId: id, secretAccessKey: undefined } : undefined),
    });
    const ask = (accessKeyId: string, region: string) =>
      sendRaw(many, 'AmazonSSM.GetParameter', '{"Name":"/where"}', {
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261127/${region}/ssm/aws4_request, SignedHeaders=host, Signature=0`,
      });
    for (const place of stores.keys()) {
      const [accountId, region] = place.split('/') as [string, string];
      const { json } = await ask(accountId, region);
      expect(json['Parameter']).toMatchObject({
        Value: place,
        ARN: `arn:${region.startsWith('cn') ? 'aws-cn' : 'aws'}:ssm:${region}:${accountId}:parameter/where`,
      });
    }
    expect((await ask('222222222222', 'cn-north-1')).json['message']).toBe(
      "Credential should be scoped to a valid region, not 'cn-north-1'.",
    );
    expect((await ask('AKIDOTHER', 'us-east-1')).json['__type']).toBe('UnrecognizedClientException');
  });
});
