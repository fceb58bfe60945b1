/**
 * The AWS SDK for Rust against the endpoint, unchanged. `SECURESTRING_RUST_CLIENT` names the program that `cargo build`
 * makes of `rust/`.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startTestEndpoint, type TestEndpoint } from '@securestring/endpoint/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientEnvironment, describeClient, run } from './foreign.ts';

let aws: TestEndpoint;
/** Sees each request when it has come in whole, and is not yet answered. */
let onRequest: () => void = () => undefined;
beforeAll(async () => {
  const known = { accountId: '000000000000', secretAccessKey: 'test' };
  const accessKey = (id: string) => {
    onRequest();
    return id === 'test' ? known : undefined;
  };
  aws = await startTestEndpoint({ accessKey });
});
afterAll(() => aws.close());

const made = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`);

describeClient('SECURESTRING_RUST_CLIENT', 'rust', 'the AWS SDK for Rust', (program) => {
  const rust = (name: string) => run(program, [name], clientEnvironment(aws.env));

  it('works with keys, data keys, parameters, paginators and refusals', async () => {
    const { status, stdout, stderr } = await rust('rust');
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout.toString())).toEqual({
      created: true,
      opened: ['\x00text', true],
      unbound: true,
      'data key': true,
      mac: true,
      rotation: 90,
      disabled: true,
      'not here': ['UnknownOperationException', 'This endpoint has no operation TrentService.DescribeCustomKeyStores.'],
      keys: 3,
      'by path': made(15).join(' '),
      advanced: [2, 'Advanced'],
      exists: true,
      none: true,
      described: 15,
      deleted: [['/rust/p01'], ['/rust/none']],
      caller: 'arn:aws:iam::000000000000:root',
    });
  });

  it('is refused with another secret', async () => {
    const env = { ...clientEnvironment(aws.env), AWS_SECRET_ACCESS_KEY: 'other' };
    const { status, stderr } = await run(program, ['refused'], env);
    expect(status).toBe(1);
    expect(stderr).toContain('InvalidSignatureException');
  });

  it('works as several programs at once, over the same store', async () => {
    const ran = await Promise.all(['a', 'b', 'c', 'd'].map(rust));
    for (const { status, stdout, stderr } of ran) {
      expect([status, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout.toString())).toMatchObject({ 'by path': made(15).join(' '), advanced: [2, 'Advanced'] });
    }
  });

  it('leaves whole what it did when it is killed between its request and the answer', async () => {
    await aws.reset();
    let requests = 0;
    const killed = spawn(program, ['killed'], { env: clientEnvironment(aws.env), stdio: 'ignore' });
    onRequest = () => {
      // The fifth of the parameters that it puts, after 19 requests for keys.
      if (++requests === 24) killed.kill('SIGKILL');
    };
    const [, signal] = await once(killed, 'exit');
    onRequest = () => undefined;
    expect(signal).toBe('SIGKILL');
    expect((await rust('after')).status).toBe(0);
    const { parameters } = await aws.store.getParametersByPath({ path: '/killed', withDecryption: true });
    expect(parameters.map(({ value }) => value)).toEqual(made(5));
  });
});
