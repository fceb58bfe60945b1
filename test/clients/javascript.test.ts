/**
 * The AWS SDK for JavaScript against the endpoint, in one process and over HTTP, unchanged: its own clients,
 * paginators, error classes, and the Encryption SDK's KMS keyring.
 */

import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DryRunOperationException,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyRotationStatusCommand,
  type GrantListEntry,
  InvalidGrantTokenException,
  KMSClient,
  ListGrantsCommand,
  NotFoundException,
  paginateListAliases,
  paginateListGrants,
  paginateListKeyPolicies,
  paginateListKeyRotations,
  paginateListKeys,
  paginateListResourceTags,
  paginateListRetirableGrants,
  ReEncryptCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  AddTagsToResourceCommand,
  DeleteParametersCommand,
  GetParameterCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  ParameterNotFound,
  PutParameterCommand,
  paginateDescribeParameters,
  paginateGetParameterHistory,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsEndpoint, sdkRequestHandler } from '@securestring/endpoint';
import { type EndpointServer, serve } from '@securestring/endpoint/node';
import { createTestStore } from '@securestring/parameters/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const region = 'us-east-1';
const store = await createTestStore();
const endpoint = awsEndpoint({
  keystore: store.keystore,
  parameters: store.store,
  accessKey: (id) =>
    id === credentials.accessKeyId ? { secretAccessKey: 'secret', accountId: '000000000000' } : undefined,
});
let server: EndpointServer;
beforeAll(async () => {
  server = await serve({ endpoint });
});
afterAll(() => server.close());

describe.each([
  ['in one process', 'a', () => ({ requestHandler: sdkRequestHandler(endpoint) })],
  ['over HTTP', 'b', () => ({ endpoint: server.url })],
] as const)('the SDK %s', (_, mark, transport) => {
  const settings = () => ({ region, credentials, maxAttempts: 1, ...transport() });
  const kms = () => new KMSClient(settings());
  const ssm = () => new SSMClient(settings());
  const plaintext = new TextEncoder().encode('§ text');
  const context = { tenant: 'blau', ключ: 'значение' };

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await kms().send(new CreateKeyCommand({ Description: mark }));
    return KeyMetadata?.Arn ?? '';
  }

  it('encrypts, decrypts and re-encrypts', async () => {
    const [one, other] = [await newKey(), await newKey()];
    const sealed = await kms().send(
      new EncryptCommand({ KeyId: one, Plaintext: plaintext, EncryptionContext: context }),
    );
    const again = await kms().send(
      new ReEncryptCommand({
        CiphertextBlob: sealed.CiphertextBlob,
        SourceEncryptionContext: context,
        DestinationKeyId: other,
      }),
    );
    const opened = await kms().send(new DecryptCommand({ CiphertextBlob: again.CiphertextBlob }));
    expect([opened.Plaintext, opened.KeyId]).toEqual([plaintext, other]);
  });

  it('gets typed errors, at the first try', async () => {
    const wrong = kms().send(new DescribeKeyCommand({ KeyId: 'alias/none' }));
    await expect(wrong).rejects.toThrow(NotFoundException);
    await expect(wrong).rejects.toMatchObject({ $metadata: { httpStatusCode: 400, attempts: 1 } });
    await expect(ssm().send(new GetParameterCommand({ Name: '/none' }))).rejects.toThrow(ParameterNotFound);
    const keyId = await newKey();
    await kms().send(new DisableKeyCommand({ KeyId: keyId }));
    await expect(kms().send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' }))).rejects.toMatchObject({
      name: 'DisabledException',
      message: `${keyId} is disabled.`,
    });
  });

  it('reads times as dates', async () => {
    const keyId = await newKey();
    const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId: keyId }));
    expect(KeyMetadata?.CreationDate).toBeInstanceOf(Date);
    const { DeletionDate } = await kms().send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
    expect((DeletionDate?.getTime() ?? 0) - (KeyMetadata?.CreationDate?.getTime() ?? 0)).toBe(7 * 86_400_000);
    expect(await kms().send(new GetKeyRotationStatusCommand({ KeyId: await newKey() }))).toMatchObject({
      KeyRotationEnabled: false,
    });
  });

  it('walks lists by its own paginators', async () => {
    for (let i = 0; i < 13; i++) {
      await ssm().send(new PutParameterCommand({ Name: `/${mark}/list/p${i}`, Value: `v${i}`, Type: 'SecureString' }));
    }
    const found: (string | undefined)[] = [];
    for await (const page of paginateGetParametersByPath(
      { client: ssm() },
      { Path: `/${mark}/list`, MaxResults: 5, WithDecryption: true },
    )) {
      found.push(...(page.Parameters ?? []).map(({ Value }) => Value));
    }
    expect(found.sort()).toEqual(Array.from({ length: 13 }, (_, i) => `v${i}`).sort());
    let described = 0;
    for await (const page of paginateDescribeParameters({ client: ssm(), pageSize: 4 }, {}))
      described += page.Parameters?.length ?? 0;
    expect(described).toBeGreaterThanOrEqual(13);
    for (let i = 0; i < 7; i++) {
      await ssm().send(
        new PutParameterCommand({ Name: `/${mark}/history`, Value: `v${i}`, Type: 'SecureString', Overwrite: true }),
      );
    }
    let versions = 0;
    for await (const page of paginateGetParameterHistory(
      { client: ssm(), pageSize: 3 },
      { Name: `/${mark}/history` },
    )) {
      versions += page.Parameters?.length ?? 0;
    }
    expect(versions).toBe(7);
    let keys = 0;
    for await (const page of paginateListKeys({ client: kms() }, { Limit: 1 })) keys += page.Keys?.length ?? 0;
    expect(keys).toBeGreaterThan(1);
  });

  it('keeps parameters of both tiers, under a key of its own, with tags', async () => {
    const alias = `alias/${mark}`;
    await kms().send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: await newKey() }));
    const long = '§'.repeat(4000);
    await ssm().send(
      new PutParameterCommand({
        Name: `/${mark}/long`,
        Value: long,
        Type: 'SecureString',
        Tier: 'Advanced',
        KeyId: alias,
      }),
    );
    const { Parameters, InvalidParameters } = await ssm().send(
      new GetParametersCommand({ Names: [`/${mark}/long`, `/${mark}/none`], WithDecryption: true }),
    );
    expect([Parameters?.[0]?.Value, InvalidParameters]).toEqual([long, [`/${mark}/none`]]);
    const resource = { ResourceType: 'Parameter', ResourceId: `/${mark}/long` } as const;
    await ssm().send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'a', Value: 'b' }] }));
    expect((await ssm().send(new ListTagsForResourceCommand(resource))).TagList).toEqual([{ Key: 'a', Value: 'b' }]);
    expect((await ssm().send(new DeleteParametersCommand({ Names: [`/${mark}/long`] }))).DeletedParameters).toEqual([
      `/${mark}/long`,
    ]);
  });

  it('opens a standard parameter’s raw value by KMS with its ARN in the context', async () => {
    const Name = `/${mark}/raw`;
    await ssm().send(new PutParameterCommand({ Name, Value: 's3cret', Type: 'SecureString' }));
    const { Parameter } = await ssm().send(new GetParameterCommand({ Name }));
    const opened = await kms().send(
      new DecryptCommand({
        CiphertextBlob: Buffer.from(Parameter?.Value ?? '', 'base64'),
        EncryptionContext: { PARAMETER_ARN: Parameter?.ARN ?? '' },
      }),
    );
    expect(new TextDecoder().decode(opened.Plaintext)).toBe('s3cret');
  });

  it('goes through every list of KMS page by page', async () => {
    const Tags = ['a', 'b', 'c'].map((TagKey) => ({ TagKey, TagValue: mark }));
    const { KeyMetadata } = await kms().send(new CreateKeyCommand({ Tags }));
    const KeyId = KeyMetadata?.KeyId ?? '';
    for (const name of ['x', 'y', 'z']) {
      await kms().send(new CreateAliasCommand({ AliasName: `alias/${mark}-${name}`, TargetKeyId: KeyId }));
    }
    await kms().send(new EnableKeyRotationCommand({ KeyId }));
    for (let i = 0; i < 3; i++) await kms().send(new RotateKeyOnDemandCommand({ KeyId }));
    const pages = { client: kms(), pageSize: 1 };
    const counts = { aliases: 0, tags: 0, rotations: 0, policies: 0 };
    for await (const { Aliases = [] } of paginateListAliases(pages, { KeyId })) counts.aliases += Aliases.length;
    for await (const { Tags: tags = [] } of paginateListResourceTags(pages, { KeyId })) counts.tags += tags.length;
    for await (const { Rotations = [] } of paginateListKeyRotations(pages, { KeyId }))
      counts.rotations += Rotations.length;
    for await (const { PolicyNames = [] } of paginateListKeyPolicies(pages, { KeyId }))
      counts.policies += PolicyNames.length;
    expect(counts).toEqual({ aliases: 3, tags: 3, rotations: 3, policies: 1 });
  });

  it('makes grants, lists them page by page, and ends them', async () => {
    const KeyId = await newKey();
    const RetiringPrincipal = 'arn:aws:iam::000000000000:root';
    const tokens: string[] = [];
    for (const EncryptionContextSubset of [undefined, { Team: mark }, { Team: mark, a: 'b' }]) {
      const { GrantToken = '' } = await kms().send(
        new CreateGrantCommand({
          KeyId,
          GranteePrincipal: 'arn:aws:iam::111122223333:role/reader',
          RetiringPrincipal,
          Operations: ['Decrypt', 'DescribeKey'],
          ...(EncryptionContextSubset && { Constraints: { EncryptionContextSubset } }),
        }),
      );
      tokens.push(GrantToken);
    }
    const pages = { client: kms(), pageSize: 1 };
    const grants: GrantListEntry[] = [];
    for await (const { Grants = [] } of paginateListGrants(pages, { KeyId })) grants.push(...Grants);
    expect(
      grants.map(({ Constraints }) => Object.keys(Constraints?.EncryptionContextSubset ?? {}).length).sort(),
    ).toEqual([0, 1, 2]);
    expect(grants[0]).toMatchObject({ Name: '', IssuingAccount: RetiringPrincipal, CreationDate: expect.any(Date) });
    const retirable: (string | undefined)[] = [];
    for await (const { Grants = [] } of paginateListRetirableGrants(pages, { RetiringPrincipal }))
      retirable.push(...Grants.map(({ GrantId }) => GrantId));
    expect(retirable).toEqual(expect.arrayContaining(grants.map(({ GrantId }) => GrantId)));
    const [first = '', second = ''] = tokens;
    const Plaintext = Buffer.from('x');
    await kms().send(new EncryptCommand({ KeyId, Plaintext, GrantTokens: tokens }));
    await kms().send(new RetireGrantCommand({ GrantToken: first }));
    await expect(kms().send(new EncryptCommand({ KeyId, Plaintext, GrantTokens: [first] }))).rejects.toThrow(
      InvalidGrantTokenException,
    );
    await expect(kms().send(new RetireGrantCommand({ GrantToken: second, DryRun: true }))).rejects.toThrow(
      DryRunOperationException,
    );
    const { Grants = [] } = await kms().send(new ListGrantsCommand({ KeyId }));
    expect(Grants).toHaveLength(2);
    for (const { GrantId } of Grants) await kms().send(new RevokeGrantCommand({ KeyId, GrantId }));
    expect((await kms().send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
  });

  it('learns who it is', async () => {
    expect(await new STSClient(settings()).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '000000000000',
      Arn: 'arn:aws:iam::000000000000:root',
    });
  });

  it('is refused with another secret, and with an access key that is not known', async () => {
    const ask = (accessKeyId: string, secretAccessKey: string) =>
      new KMSClient({ ...settings(), credentials: { accessKeyId, secretAccessKey } }).send(
        new DescribeKeyCommand({ KeyId: 'alias/x' }),
      );
    await expect(ask(credentials.accessKeyId, 'other')).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    await expect(ask('AKIDOTHER', 'secret')).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    const sts = new STSClient({ ...settings(), credentials: { accessKeyId: 'AKIDOTHER', secretAccessKey: 'x' } });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  it('makes fifty calls at once', async () => {
    const keyId = await newKey();
    const client = kms();
    const sealed = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        client.send(new EncryptCommand({ KeyId: keyId, Plaintext: Uint8Array.of(i) })),
      ),
    );
    const opened = await Promise.all(
      sealed.map(({ CiphertextBlob }) => client.send(new DecryptCommand({ CiphertextBlob }))),
    );
    expect(opened.map(({ Plaintext }) => Plaintext?.[0])).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});

describe('the SDK in one process', () => {
  it('does not send a call that was aborted before it began', async () => {
    const kms = new KMSClient({ region, credentials, requestHandler: sdkRequestHandler(endpoint) });
    const call = kms.send(new DescribeKeyCommand({ KeyId: 'alias/x' }), { abortSignal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});
