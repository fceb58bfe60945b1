/** Every operation, called by a user without a right: it is refused, and changes nothing. */

import { createTestStore } from '@securestring/parameters/testing';
import { expect, it } from 'vitest';
import { OPERATION_FACTS } from './operations.ts';

const USER = 'arn:aws:iam::000000000000:user/stranger';

it.each(Object.entries(OPERATION_FACTS))(
  '%s of a user without a right is refused, and changes nothing',
  async (name, { request }) => {
    const { keystore, store, close } = await createTestStore({ seed: 'every operation' });
    await keystore.createUser({ userName: 'stranger' });
    await store.putParameter({ name: '/p', value: 'v', type: 'SecureString' });
    const state = async () => [
      await store.getParameterHistory({ name: '/p', withDecryption: true }),
      await store.describeParameters(),
      await store.listTagsForResource({ resourceType: 'Parameter', resourceId: '/p' }),
      await store.getServiceSetting({ settingId: '/ssm/parameter-store/default-parameter-tier' }),
      keystore.generation,
    ];
    const before = await state();
    const stranger = store.as(USER) as unknown as Readonly<Record<string, (request: object) => Promise<unknown>>>;
    await expect(stranger[name]?.(request)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`User: ${USER} is not authorized to perform: `),
    });
    expect(await state()).toEqual(before);
    await close();
  },
);
