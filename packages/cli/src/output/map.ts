/**
 * A ciphertext as a map: offset, length, bytes and meaning of each field, then what it amounts to.
 * @module
 */

import type { InspectedDataKey, Inspection } from '@securestring/core';
import { counted, shown } from '@securestring/core/quoted';
import type { Colours } from './colour.ts';
import { facts } from './table.ts';

/** Bytes of a field that are shown. */
const SHOWN = 16;
const TITLES: Readonly<Record<Inspection['kind'], string>> = {
  message: 'Encryption SDK message',
  'key-blob': 'key blob of SecureString',
  'aws-kms-blob': 'ciphertext blob of AWS KMS',
  unknown: 'neither a message nor a blob that is known here',
};

export function map(inspection: Inspection, bytes: Uint8Array, colour: Colours): string {
  const title = `${TITLES[inspection.kind]}, ${counted(inspection.length, 'byte')}${inspection.encoding === 'base64' ? ', as base64' : ''}`;
  const parts = [colour.bold(title)];
  if (inspection.fields.length > 0) parts.push(fieldLines(inspection, bytes, colour));
  const summary = summaryOf(inspection);
  if (summary.length > 0) parts.push(facts(summary, colour));
  if (inspection.kind === 'key-blob' && inspection.insecure === true) {
    parts.push(colour.red('INSECURE: made by the deterministic keystore for tests; it protects nothing.'));
  }
  for (const { offset, what } of inspection.problems)
    parts.push(colour.red(`problem at byte ${offset}: ${shown(what)}`));
  return parts.join('\n\n');
}

/** Offset, length, name and first bytes of each field. */
export function fieldLines({ fields }: Pick<Inspection, 'fields'>, bytes: Uint8Array, colour: Colours): string {
  const width = Math.max(...fields.map(({ name }) => name.length));
  return fields
    .map(({ offset, length, name }) => {
      const shown = Buffer.from(bytes.subarray(offset, offset + Math.min(length, SHOWN))).toString('hex');
      const more = length > SHOWN ? '…' : '';
      const place = `${offset.toString().padStart(8)} ${length.toString().padStart(8)}`;
      return `${colour.dim(place)}  ${colour.cyan(name.padEnd(width))}  ${shown}${more}`;
    })
    .join('\n');
}

function summaryOf(inspection: Inspection): (readonly [string, string | undefined])[] {
  if (inspection.kind === 'unknown') return [];
  if (inspection.kind !== 'message') {
    return [
      ['Cipher', inspection.cipher],
      ['Key material', inspection.materialId],
    ];
  }
  const { suite, suiteName, encryptionContext = {}, encryptedDataKeys, frameCount, plaintextLength } = inspection;
  return [
    ['Suite', suite && `${suite} ${suiteName ?? ''}`.trimEnd()],
    ...Object.entries(encryptionContext).map(([name, value]) => [`Context ${name}`, value] as const),
    ...encryptedDataKeys.map((key) => ['Data key', dataKeyOf(key)] as const),
    ['Frames', `${frameCount}, ${counted(plaintextLength, 'byte')} of plaintext`],
  ];
}

/** Forms whose provider id is the namespace of a key. */
const WITH_NAMESPACE: ReadonlySet<InspectedDataKey['form']> = new Set(['raw-aes', 'raw-rsa', 'unknown']);

/** Names a data key's wrapping key. A raw key's name that is not UTF-8 is shown as hex. */
function dataKeyOf({ form, keyArn, keyName, branchKeyId, providerId, providerInfo }: InspectedDataKey): string {
  if (!WITH_NAMESPACE.has(form)) return `${form}: ${keyArn ?? branchKeyId ?? providerId}`;
  return `${form}: ${keyName ?? `0x${providerInfo}`}, namespace ${providerId}`;
}
