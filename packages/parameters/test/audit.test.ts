/** The auditor of a parameter store: an event is kept before the answer is given, or the call fails. */

import { openKeystore } from '@securestring/keystore';
import { AuditError } from '@securestring/service';
import { memoryStorage } from '@securestring/storage';
import { describe, expect, it } from 'vitest';
import { openParameterStore } from '../src/index.ts';
import { HOUR, opened, openWorld, put, rootKey, thrownBy } from './support.ts';

const full = (): never => {
  throw new Error('The disk is full.');
};

describe('onAudit', () => {
  it('has the event before the answer, without the value', async () => {
    const kept: unknown[] = [];
    const { store } = await openWorld({ onAudit: (event) => void kept.push(event) });
    await put(store, '/app/password', 's3cret', { type: 'SecureString' });
    expect(await opened(store, '/app/password')).toBe('s3cret');
    expect(kept).toMatchObject([{ eventName: 'PutParameter' }, { eventName: 'GetParameter' }]);
    expect(JSON.stringify(kept)).not.toContain('s3cret');
  });

  it('that throws withholds the answer', async () => {
    const { store, another } = await openWorld();
    await put(store, '/app/password', 's3cret');
    const audited = await another({ onAudit: full });
    expect(await thrownBy(() => opened(audited, '/app/password'))).toMatchObject({ code: 'AUDIT_FAILED' });
    expect(await thrownBy(() => put(audited, '/app/other', 'v'))).toBeInstanceOf(AuditError);
    // As the text says: the change may be done.
    expect(await opened(store, '/app/other')).toBe('v');
  });

  it('of the keystore withholds a parameter`s answer too', async () => {
    let isFull = false;
    const onAudit = () => (isFull ? full() : undefined);
    const keystore = await openKeystore({ storage: memoryStorage(), unlock: { rootKey }, onAudit });
    const store = await openParameterStore({ keystore, storage: memoryStorage() });
    await put(store, '/app/password', 's3cret', { type: 'SecureString' });
    isFull = true;
    expect(await thrownBy(() => opened(store, '/app/password'))).toMatchObject({ code: 'AUDIT_FAILED' });
  });

  it('that throws fails the run of policies, and the store goes on', async () => {
    const world = await openWorld();
    await put(world.store, '/short', 'v', {
      tier: 'Advanced',
      policies: JSON.stringify([
        { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: new Date(world.now + HOUR).toISOString() } },
      ]),
    });
    const audited = await world.another({ onAudit: full });
    world.now += 2 * HOUR;
    expect(await thrownBy(() => audited.runPolicies())).toBeInstanceOf(AuditError);
    await world.store.runPolicies();
  });
});
