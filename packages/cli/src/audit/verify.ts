/**
 * `audit verify`: whether a log is as it was written.
 * @module
 */

import { verifyAuditLog } from '@securestring/audit';
import { counted, shownLines } from '@securestring/core/quoted';
import { AUDIT_KEY } from '@securestring/keystore/audit-key';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { withStore } from '../store/with-store.ts';

/** Verifies a log, with the key of the store unless that is left out. */
export async function verifyLog(path: string, withoutKey: boolean, context: Context): Promise<number> {
  const found = withoutKey
    ? await verifyAuditLog(path)
    : await withStore(context, ({ keystore }) => verifyAuditLog(path, keystore[AUDIT_KEY]));
  const { records, files, repairs, fault, isSigned } = found;
  context.json(found, () => {
    const repaired = repairs.map(({ file, line, text }) => shownLines(`Line ${line} of ${file}: ${text}`));
    const checked = `${counted(records, 'record')} in ${counted(files, 'file')}`;
    const end = isSigned ? '' : ' Lines that are missing at the end are not found without the key.';
    const verdict = fault === undefined ? `${checked}, as they were written.${end}` : shownLines(fault.text);
    return [...repaired, verdict].join('\n');
  });
  return fault === undefined ? EXIT.ok : EXIT.notAuthentic;
}
