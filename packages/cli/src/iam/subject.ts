/**
 * Who asks, in a simulation: a caller with policies from files, or one that the store has.
 * @module
 */

import { placeOf, rootArn } from '@securestring/service';
import { type Caller, type Identity, type PolicyKind, preparePolicy } from '@securestring/service/policy';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readDocument } from './documents.ts';

const ARN = /^arn:[^:]+:(?:iam::\d{12}:(?:root$|(?:user|role)\/)|sts::\d{12}:assumed-role\/[^/]+\/[^/]+$)/;
/** The name of the session in which a role is asked about. */
const SESSION = 'simulation';

/** A caller. */
export interface Subject {
  readonly identity: Identity;
}

/** Makes the caller of an ARN that has the policies of some files. A role's ARN means a session of the role. */
export async function subjectOfFiles(arn: string, files: readonly string[], context: Context): Promise<Subject> {
  const caller = callerOf(arn);
  const stdin = () => context.terminal.stdin;
  const kind: PolicyKind = 'identity';
  const documents = await Promise.all(
    files.map(async (file) => [file, await readDocument(file, stdin, kind)] as const),
  );
  return {
    identity: {
      caller,
      policies: {
        identity: documents.map(([file, document]) => preparePolicy(file, document)),
        boundary: undefined,
        session: undefined,
      },
      name: caller.type === 'Root' ? undefined : nameIn(caller.roleArn ?? caller.arn),
      tags: new Map(),
      sessionStart: undefined,
    },
  };
}

/** Returns the ARN by which a caller calls: of a role, that of a session. */
export function callingArn(arn: string): string {
  requireCaller(arn);
  const { partition, accountId } = placeOf(arn);
  if (!arn.includes(':role/')) return arn;
  return `arn:${partition}:sts::${accountId}:assumed-role/${nameIn(arn)}/${SESSION}`;
}

function callerOf(given: string): Caller {
  const arn = callingArn(given);
  const { partition, accountId } = placeOf(arn);
  const common = { accountId, arn, roleArn: undefined };
  if (arn === rootArn({ partition, accountId })) return { ...common, type: 'Root', uniqueId: accountId };
  // No policy in a file has these unique ids.
  if (arn.includes(':user/')) return { ...common, type: 'User', uniqueId: 'AIDASIMULATION' };
  const [, name] = arn.split('/');
  const roleArn = given === arn ? `arn:${partition}:iam::${accountId}:role/${name}` : given;
  return { ...common, type: 'Session', roleArn, uniqueId: 'AROASIMULATION' };
}

function requireCaller(arn: string): void {
  if (ARN.test(arn)) return;
  throw new CliError(
    EXIT.usage,
    '--as is not the ARN of a caller. Give arn:aws:iam::ACCOUNT:user/NAME, …:role/NAME or …:root, or arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION.',
  );
}

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
