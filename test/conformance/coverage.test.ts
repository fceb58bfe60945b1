/**
 * `docs/coverage.md` is what the models and the tables say, and an operation that is not here is answered as unknown.
 * `npx vitest run test/conformance/coverage -u` writes the page again.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestEndpoint, type TestEndpoint } from '@securestring/endpoint/testing';
import { describeWithModels, type Model } from '@securestring/test-support/aws-models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS_NOT_RAISED } from './aws-errors.ts';
import { KMS_MEMBERS, MODELS_RELEASE, SSM_MEMBERS, STS_MEMBERS } from './aws-members.ts';
import { type Covered, coverageDocument, modelledErrors } from './coverage.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let aws: TestEndpoint;
beforeAll(async () => {
  aws = await startTestEndpoint();
});
afterAll(() => aws.close());

describeWithModels('the coverage', MODELS_RELEASE, (read) => {
  const services = coveredServices(read);

  it('is the page docs/coverage.md', async () => {
    await expect(coverageDocument(services)).toMatchFileSnapshot(join(root, 'docs/coverage.md'));
  });

  it.each(services)('has every error of $title, raised or with the reason why not', (service) => {
    const { raised, notRaised } = service;
    const errors = modelledErrors(service);
    expect(errors.filter((name) => !raised.has(name))).toEqual(Object.keys(notRaised).sort());
    expect(Object.keys(notRaised).filter((name) => raised.has(name))).toEqual([]);
  });

  describe.each([
    ['TrentService', 'kms/2014-11-01', KMS_MEMBERS],
    ['AmazonSSM', 'ssm/2014-11-06', SSM_MEMBERS],
  ] as const)('answers by name the operations of %s that are not here:', (target, folder, members) => {
    const absent = Object.keys(read(folder).operations).filter((name) => !Object.hasOwn(members, name));
    it.each(absent)('%s', async (name) => {
      const { status, text } = await post({ 'x-amz-target': `${target}.${name}` }, '{}');
      expect([status, JSON.parse(text).__type]).toEqual([400, 'UnknownOperationException']);
      expect(JSON.parse(text).message).toContain(name);
    });
  });

  it.each(Object.keys(read('sts/2011-06-15').operations).filter((name) => !Object.hasOwn(STS_MEMBERS, name)))(
    'answers by name the operation %s of STS, which is not here',
    async (name) => {
      const { status, text } = await post(
        { 'content-type': 'application/x-www-form-urlencoded' },
        `Action=${name}&Version=2011-06-15`,
      );
      expect(status).toBe(400);
      expect(text).toContain('<Code>InvalidAction</Code>');
      expect(text).toContain(`Could not find operation ${name} for version 2011-06-15`);
    },
  );
});

function coveredServices(read: (folder: string) => Model): readonly Covered[] {
  const kms = read('kms/2014-11-01');
  const ssm = read('ssm/2014-11-06');
  const sts = read('sts/2011-06-15');
  // Systems Manager has more than its Parameter Store.
  const parameterStore = Object.keys(ssm.operations).filter(
    (name) => /Parameter/.test(name) || Object.hasOwn(SSM_MEMBERS, name),
  );
  const shared = { raised: namesIn('endpoint') };
  return [
    { title: 'KMS', model: kms, operations: Object.keys(kms.operations), members: KMS_MEMBERS, folder: 'keystore' },
    { title: 'SSM', model: ssm, operations: parameterStore, members: SSM_MEMBERS, folder: 'parameters' },
    { title: 'STS', model: sts, operations: Object.keys(sts.operations), members: STS_MEMBERS, folder: 'keystore' },
  ].map(({ folder, ...service }) => ({
    ...service,
    raised: new Set([...namesIn(folder), ...shared.raised]),
    notRaised: ERRORS_NOT_RAISED[service.title as keyof typeof ERRORS_NOT_RAISED],
  }));
}

/** Returns the quoted names in a package's sources, but not those of its declared names, which nothing need raise. */
function namesIn(folder: string): ReadonlySet<string> {
  const source = join(root, 'packages', folder, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && file !== 'errors.ts',
  );
  const quoted = files.flatMap((file) => [...readFileSync(join(source, file), 'utf8').matchAll(/'(\w+)'/g)]);
  return new Set(quoted.map(([, name = '']) => name));
}

async function post(headers: Readonly<Record<string, string>>, body: string) {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=A/20261127/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0';
  const response = await fetch(aws.url, { method: 'POST', headers: { authorization, ...headers }, body });
  return { status: response.status, text: await response.text() };
}
