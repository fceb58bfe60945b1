/**
 * Terraform with its aws provider against the endpoint, unchanged: apply, a plan without changes, a change, destroy.
 * `SECURESTRING_TERRAFORM_PLUGINS` names the folder that holds the provider, as a filesystem mirror.
 */

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientEnvironment, describeClient, run, startVerifyingEndpoint } from './foreign.ts';

/** Exit statuses of `plan -detailed-exitcode`. */
const NO_CHANGES = 0;
const CHANGES = 2;

describeClient('SECURESTRING_TERRAFORM_PLUGINS', 'terraform', 'Terraform', defineTerraform);

function defineTerraform(mirror: string): void {
  describe('with its aws provider', { timeout: 600_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'securestring-terraform-'));
    let aws: TestEndpoint;
    const terraform = async (command: string, ...words: string[]) => {
      const env = { ...clientEnvironment(aws.env), TF_CLI_CONFIG_FILE: join(folder, 'rc'), CHECKPOINT_DISABLE: '1' };
      return run('terraform', [`-chdir=${folder}`, command, '-no-color', ...words], env);
    };
    const applied = async (value: string, ...more: string[]) => {
      const variables = ['-var', `value=${value}`, '-var', `description=${value}`, ...more];
      const { status, stderr } = await terraform('apply', '-auto-approve', '-input=false', ...variables);
      expect([status, stderr]).toEqual([0, '']);
      const plan = await terraform('plan', '-detailed-exitcode', '-input=false', ...variables);
      expect([plan.status, plan.stdout.toString()]).toEqual([NO_CHANGES, expect.stringContaining('No changes.')]);
    };
    const grantsLeft = async () => {
      const { keys } = await aws.keystore.listKeys({});
      const lists = await Promise.all(keys.map(({ keyId }) => aws.keystore.listGrants({ keyId })));
      return lists.flatMap(({ grants }) => grants);
    };
    const opened = async (name: string) =>
      (await aws.store.getParameter({ name, withDecryption: true })).parameter.value;

    beforeAll(async () => {
      aws = await startVerifyingEndpoint();
      cpSync(new URL('terraform', import.meta.url), folder, { recursive: true });
      writeFileSync(
        join(folder, 'rc'),
        `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
      );
      expect(await terraform('init', '-input=false')).toMatchObject({ status: 0, stderr: '' });
    }, 300_000);
    afterAll(async () => {
      await aws.close();
      rmSync(folder, { recursive: true });
    });

    it('makes everything, and finds nothing to change', async () => {
      await applied('one');
      const { stdout } = await terraform('output', '-json');
      const output = JSON.parse(stdout.toString());
      expect(output.account.value).toBe('000000000000');
      expect(output.opened.value).toBe('sealed by terraform');
      const keyId = output.app_key.value;
      const { keyMetadata } = await aws.keystore.describeKey({ keyId: 'alias/app' });
      expect(keyMetadata).toMatchObject({ arn: keyId, description: 'one', keyState: 'Enabled' });
      expect(await aws.keystore.getKeyRotationStatus({ keyId })).toMatchObject({ rotationPeriodInDays: 180 });
      const { policy } = await aws.keystore.getKeyPolicy({ keyId });
      expect(JSON.parse(policy)).toMatchObject({ Statement: [{ Sid: 'Root', Action: 'kms:*' }] });
      const { plaintext } = aws.keystore.decrypt({
        ciphertextBlob: Buffer.from(output.sealed.value, 'base64'),
        encryptionContext: { purpose: 'test' },
      });
      expect(Buffer.from(plaintext).toString()).toBe('sealed by terraform');
      expect((await aws.keystore.listGrants({ keyId })).grants).toMatchObject([
        {
          name: 'reader',
          granteePrincipal: 'arn:aws:iam::111122223333:role/reader',
          operations: ['Decrypt', 'DescribeKey'],
          constraints: { encryptionContextSubset: { Department: 'it' } },
        },
      ]);
      const brought = await aws.keystore.describeKey({ keyId: output.brought_key.value });
      expect(brought.keyMetadata).toMatchObject({ origin: 'EXTERNAL', keyState: 'Enabled' });
      expect(await opened('/app/secret')).toBe('s3cret');
      expect(await opened('/app/advanced')).toBe(`one${'x'.repeat(5000)}`);
      const { parameters } = await aws.store.describeParameters({});
      expect(parameters.map(({ name, tier, keyId: key }) => [name, tier, key])).toEqual([
        ['/app/advanced', 'Advanced', 'alias/aws/ssm'],
        ['/app/default-key', 'Standard', 'alias/aws/ssm'],
        ['/app/keyed', 'Standard', 'alias/app'],
        ['/app/list', 'Standard', undefined],
        ['/app/secret', 'Standard', 'alias/app'],
        ['/app/text', 'Standard', undefined],
      ]);
    });

    it('changes what changes, and finds nothing more to change', async () => {
      await applied('two');
      expect(await opened('/app/default-key')).toBe('two');
      expect((await aws.store.getParameter({ name: '/app/text' })).parameter).toMatchObject({
        value: 'two',
        version: 2,
      });
      expect((await aws.keystore.describeKey({ keyId: 'alias/app' })).keyMetadata.description).toBe('two');
    });

    const changed = ['-var', 'changed=true'];
    const outputs = async () => JSON.parse((await terraform('output', '-json')).stdout.toString());

    it('disables a key, moves an alias, and replaces a policy', async () => {
      const { multi_key: multi, switched_key: switched } = await outputs();
      const aliasOf = async () => (await aws.keystore.describeKey({ keyId: 'alias/moving' })).keyMetadata.keyId;
      const stateOf = async () => (await aws.keystore.describeKey({ keyId: switched.value })).keyMetadata.keyState;
      const sids = async () =>
        JSON.parse((await aws.keystore.getKeyPolicy({ keyId: multi.value })).policy).Statement.map(
          ({ Sid }: { readonly Sid: string }) => Sid,
        );
      expect([await stateOf(), await aliasOf(), await sids()]).toEqual(['Enabled', switched.value, ['Root']]);
      await applied('two', ...changed);
      expect([await stateOf(), await aliasOf(), await sids()]).toEqual(['Disabled', multi.value, ['Root', 'Reader']]);
    });

    it('finds the default key under a new value, as on AWS, and sets the other one again', async () => {
      const variables = ['-var', 'value=two', '-var', 'description=two', ...changed, '-var', 'keyed=second'];
      const apply = () => terraform('apply', '-auto-approve', '-input=false', ...variables);
      const plan = () => terraform('plan', '-detailed-exitcode', '-input=false', ...variables);
      const keyOf = async () =>
        (await aws.store.describeParameters({})).parameters.find(({ name }) => name === '/app/keyed')?.keyId;
      expect(await apply()).toMatchObject({ status: 0, stderr: '' });
      expect([await opened('/app/keyed'), await keyOf()]).toEqual(['second', 'alias/aws/ssm']);
      const drift = await plan();
      expect([drift.status, drift.stdout.toString()]).toEqual([
        CHANGES,
        expect.stringMatching(/ ~ key_id +="? ?"?alias\/aws\/ssm" -> "alias\/app"/),
      ]);
      expect(await apply()).toMatchObject({ status: 0, stderr: '' });
      expect([await opened('/app/keyed'), await keyOf()]).toEqual(['second', 'alias/app']);
      expect((await plan()).status).toBe(NO_CHANGES);
    });

    it('destroys everything', async () => {
      const { status, stderr } = await terraform(
        'destroy',
        '-auto-approve',
        '-var',
        'value=two',
        '-var',
        'description=two',
        ...changed,
      );
      expect([status, stderr]).toEqual([0, '']);
      expect((await aws.store.describeParameters({})).parameters).toEqual([]);
      expect(await grantsLeft()).toEqual([]);
      expect((await aws.keystore.listAliases({})).aliases.map(({ aliasName }) => aliasName)).toEqual(['alias/aws/ssm']);
      const { keys } = await aws.keystore.listKeys({});
      const states = await Promise.all(
        keys.map(async ({ keyId }) => (await aws.keystore.describeKey({ keyId })).keyMetadata.keyState),
      );
      expect(states.toSorted()).toEqual(['Enabled', ...Array(5).fill('PendingDeletion')]);
    });
  });
}
