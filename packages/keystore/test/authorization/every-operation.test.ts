/** Every operation, called by a user without a right: it is refused, and changes nothing. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Keystore } from '../../src/index.ts';
import { ALL_FACTS, type Prepared, prepare } from '../operations.ts';
import { openInMemory } from '../support.ts';

const USER = 'arn:aws:iam::000000000000:user/stranger';

describe('by a user without a right', () => {
  let keystore: Keystore;
  let prepared: Prepared;
  let stranger: Keystore;
  let generation: number;

  beforeAll(async () => {
    keystore = await openInMemory();
    prepared = await prepare(keystore);
    await keystore.createUser({ userName: 'stranger' });
    // The table calls nothing but operations, which a view has too.
    stranger = keystore.as(USER) as Keystore;
    ({ generation } = keystore);
  });
  afterAll(() => keystore.close());

  // The call of AssumeRole expects the refusal of the root. That of users is in the tests of STS.
  const calls = ALL_FACTS.filter(([, { refusal }]) => refusal === undefined);

  it.each(calls)('%s is refused, and changes nothing', async (_name, { call }) => {
    await expect((async () => call(stranger, prepared))()).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied(Exception)?$/),
      message: expect.stringContaining(`User: ${USER} is not authorized to perform: `),
    });
    await keystore.refresh();
    expect(keystore.generation).toBe(generation);
  });
});
