/**
 * A record of the log as a line for people: time, caller, call, resources, where from, how it ended.
 * @module
 */

import type { AuditRecord } from '@securestring/audit';
import { shown } from '@securestring/core/quoted';
import type { Colours } from '../output/colour.ts';

/** Widths of the columns before the last. A longer text moves the rest of its line. */
const WIDTHS = [20, 24, 20, 40, 15];

/** Formats a record. It may hold text of strangers, which is escaped. */
export function rowOf(record: AuditRecord, colour: Colours): string {
  const { eventTime, eventName, sourceIPAddress, errorCode } = record;
  const cells = [
    textOf(eventTime),
    callerOf(record['userIdentity']),
    textOf(eventName),
    resourcesOf(record).join(', ') || '-',
    textOf(sourceIPAddress) || '-',
  ];
  const start = cells.map((cell, i) => shown(cell).padEnd(WIDTHS[i] ?? 0)).join('  ');
  const end = errorCode === undefined ? 'ok' : colour.red(shown(textOf(errorCode)));
  return `${start}  ${end}`;
}

/** Names a caller: `alice`, `deploy/build-7`, `root`; with the service that forwarded the call. */
function callerOf(userIdentity: unknown): string {
  const identity = membersOf(userIdentity);
  const { type, arn, userName, invokedBy, accessKeyId } = identity;
  const via = typeof invokedBy === 'string' && type !== undefined ? ` via ${invokedBy.split('.')[0]}` : '';
  if (type === 'Root') return `root${via}`;
  if (type === 'AssumedRole') return `${textOf(arn).split(':assumed-role/')[1] ?? textOf(arn)}${via}`;
  return `${textOf(userName) || textOf(accessKeyId) || textOf(invokedBy) || 'unknown'}${via}`;
}

/** Lists what a call was about: names of parameters, ids of keys, aliases. */
function resourcesOf(record: AuditRecord): readonly string[] {
  const request = membersOf(record['requestParameters']);
  const listed = listOf(record['resources']).map((resource) => shortOf(textOf(membersOf(resource)['ARN'])));
  const context = membersOf(request['encryptionContext']);
  const names = new Set(listed.filter((name) => name !== ''));
  if (typeof context['PARAMETER_ARN'] === 'string') names.add(`for ${shortOf(context['PARAMETER_ARN'])}`);
  if (names.size > 0) return [...names];
  const { name, names: all, path, keyId, aliasName, roleArn } = request;
  const named = [name, all, path, keyId, aliasName, roleArn].flat();
  return named.filter((name) => typeof name === 'string');
}

const ARN = /^arn:[^:]+:(?:kms|ssm):[^:]*:[^:]*:(?:parameter(?=\/)|key\/)?(.+)$/;

function shortOf(arn: string): string {
  return ARN.exec(arn)?.[1] ?? arn;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function membersOf(value: unknown): AuditRecord {
  return typeof value === 'object' && value !== null ? (value as AuditRecord) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
