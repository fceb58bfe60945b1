/**
 * The audit log of a server: opened with the key of its store, and closed after the last call.
 * @module
 */

import { type AuditLog, openAuditLog } from '@securestring/audit';
import type { Keystore } from '@securestring/keystore';
import { AUDIT_KEY } from '@securestring/keystore/audit-key';
import type { Context } from '../command/context.ts';
import type { OpeningOptions } from '../store/with-store.ts';
import type { AuditSettings } from './options.ts';

/** A log that is opened after the stores that write to it. */
export interface Auditing {
  /** For the stores. Before the log is open it refuses, and so does the call. */
  readonly onAudit: NonNullable<OpeningOptions['onAudit']>;
  /** Opens the log with the store's key. The caller closes it. */
  open(keystore: Keystore): Promise<AuditLog>;
}

/** Prepares the log that the settings name; `undefined` if they name none. */
export function auditingOf(settings: AuditSettings | undefined, context: Context): Auditing | undefined {
  if (settings === undefined) return undefined;
  let log: AuditLog | undefined;
  let isWarned = false;
  const onLost = (error: unknown): void => {
    if (isWarned) return;
    isWarned = true;
    const why = error instanceof Error ? error.message : '';
    context.warn(`calls are answered whose records are lost. ${why}`);
  };
  return {
    onAudit: (event) => {
      if (log === undefined) throw new Error('The audit log is not open yet.');
      log.record(event);
    },
    open: async (keystore) => {
      log = await openAuditLog({ ...settings, key: keystore[AUDIT_KEY], onLost });
      return log;
    },
  };
}
