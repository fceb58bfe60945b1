/**
 * Spring Cloud AWS reads its configuration from the endpoint, unchanged. `SECURESTRING_SPRING_CLIENT` names the folder
 * that Maven built `spring/` into.
 */

import { join } from 'node:path';
import type { TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientEnvironment, describeClient, run, startVerifyingEndpoint } from './foreign.ts';

let aws: TestEndpoint;
beforeAll(async () => {
  aws = await startVerifyingEndpoint();
});
afterAll(() => aws.close());

describeClient('SECURESTRING_SPRING_CLIENT', 'java', 'Spring Cloud AWS', (folder) => {
  const path = [join(folder, 'classes'), join(folder, 'dependency/*')].join(':');
  const options = ['-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', '-Dstdout.encoding=UTF-8'];
  const spring = () => run('java', [...options, '-cp', path, 'Reader'], clientEnvironment(aws.env));

  it('has every parameter under its path as a property, from all pages, decrypted', async () => {
    const names = ['db.password', 'db/user', ...Array.from({ length: 11 }, (_, i) => `p${i}`)];
    for (const [i, name] of names.entries()) {
      const type = i % 2 === 0 ? 'SecureString' : 'String';
      await aws.store.putParameter({ name: `/config/app/${name}`, value: `größe ${i}`, type });
    }
    await aws.store.putParameter({ name: '/config/other/x', value: 'x', type: 'String' });
    const { status, stdout, stderr } = await spring();
    expect([status, stderr]).toEqual([0, '']);
    const properties = names.map((name, i) => `${name.replace('/', '.')}=größe ${i}`);
    expect(stdout.toString().trim().split('\n').sort()).toEqual(properties.sort());
  });

  it('starts only while the keys of the parameters are enabled', async () => {
    const { keyId } = (await aws.keystore.createKey()).keyMetadata;
    await aws.store.putParameter({ name: '/config/app/sealed', value: 's3cret', type: 'SecureString', keyId });
    expect((await spring()).stdout.toString()).toContain('sealed=s3cret');
    await aws.keystore.disableKey({ keyId });
    const { status, stdout } = await spring();
    expect(status).toBe(1);
    expect(stdout.toString()).toContain("Config data resource '[ParameterStoreConfigDataResource");
    expect(stdout.toString()).not.toContain('s3cret');
  });
});
