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
  /** For stores in memory, which are filled before the log is open and after a reset: leaves out what no client did. */
  readonly onClientAudit: NonNullable<OpeningOptions['onAudit']>;
  /** Opens the log with the present store's key. The caller closes it. */
  open(keystore: () => Pick<Keystore, typeof AUDIT_KEY>): Promise<AuditLog>;
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
  const onAudit: Auditing['onAudit'] = (event) => {
    if (log === undefined) throw new Error('The audit log is not open yet.');
    log.record(event);
  };
  return {
    onAudit,
    onClientAudit: (event) => {
      const isOfThisProcess = event.eventType === 'AwsApiCall' && event.sourceIPAddress === undefined;
      if (!isOfThisProcess) onAudit(event);
    },
    open: async (keystore) => {
      const key = { sign: (digest: Uint8Array) => keystore()[AUDIT_KEY].sign(digest) };
      log = await openAuditLog({ ...settings, key, onLost });
      return log;
    },
  };
}
