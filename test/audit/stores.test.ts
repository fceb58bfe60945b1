/** A log of a real keystore and a real parameter store. */

import { readFileSync } from 'node:fs';
import { openAuditLog, verifyAuditLog } from '@securestring/audit';
import { memoryStorage as keys, openKeystore } from '@securestring/keystore';
import { AUDIT_KEY } from '@securestring/keystore/audit-key';
import { memoryStorage, openParameterStore } from '@securestring/parameters';
import { describe, expect, it } from 'vitest';
import { logPath, recordsIn } from '../../packages/audit/test/support.ts';

const unlock = { rootKey: new Uint8Array(32).fill(7) };

describe('the log of a store', () => {
  it('has the parameter`s event and the key`s, in the order in which they ended, and no secret', async () => {
    const path = logPath();
    const storage = keys();
    const first = await openKeystore({ storage, unlock });
    await using log = await openAuditLog({ path, key: first[AUDIT_KEY] });
    const keystore = await openKeystore({ storage, unlock, onAudit: log.record });
    const store = await openParameterStore({ keystore, storage: memoryStorage(), onAudit: log.record });
    await store.putParameter({ name: '/app/password', value: 's3cret', type: 'SecureString' });
    await store.getParameter({ name: '/app/password', withDecryption: true });
    await store.getParameter({ name: '/none' }).catch(() => undefined);
    await store.putParameter({ name: '/app/password', value: 'again', type: 'String' }).catch(() => undefined);
    expect(recordsIn(path).map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
      ['Encrypt', undefined],
      ['PutParameter', undefined],
      ['Decrypt', undefined],
      ['GetParameter', undefined],
      ['PutParameter', 'ParameterAlreadyExists'],
    ]);
    expect(recordsIn(path)[4]).toMatchObject({
      requestParameters: { type: 'String', value: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      responseElements: null,
    });
    expect(readFileSync(path, 'utf8')).not.toMatch(/s3cret|again/);
    expect((await verifyAuditLog(path, keystore[AUDIT_KEY])).fault).toBeUndefined();
  });

  it('fails the call if it cannot be written', async () => {
    const log = await openAuditLog({ path: logPath() });
    const keystore = await openKeystore({ storage: keys(), unlock, onAudit: log.record });
    await log.close();
    expect(() => keystore.generateRandom({ numberOfBytes: 8 })).toThrow(
      expect.objectContaining({ code: 'AUDIT_FAILED', cause: expect.objectContaining({ code: 'AUDIT_LOG_CLOSED' }) }),
    );
  });
});
