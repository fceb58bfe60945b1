/**
 * Who asks about what, in a simulation: a caller with policies from files, or one that the store has.
 * @module
 */

import type { Keystore } from '@securestring/keystore';
import { AUTHORIZATION } from '@securestring/keystore/authorization';
import { arnIn, placeOf, rootArn } from '@securestring/service';
import {
  type Caller,
  type Identity,
  type PolicyKind,
  type PreparedPolicy,
  parsePolicy,
  preparePolicy,
} from '@securestring/service/policy';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { inputFor } from '../store/typed-input.ts';
import { readDocument } from './documents.ts';

const ARN = /^arn:[^:]+:(?:iam::\d{12}:(?:root$|(?:user|role)\/)|sts::\d{12}:assumed-role\/[^/]+\/[^/]+$)/;
/** The name of the session in which a role is asked about. */
const SESSION = 'simulation';

/** A caller, and what is asked about. */
export interface Subject {
  readonly identity: Identity;
  readonly resource: string;
  /** The policy of the key that is asked about; `undefined` if the default one is assumed. */
  readonly keyPolicy?: PreparedPolicy;
  /** The alias by which the key was named. */
  readonly alias?: string;
}

/** Options that name the caller, the resource, and the files with policies. */
export interface SubjectOptions {
  readonly as: string;
  readonly resource: string;
  readonly policy?: readonly string[];
  readonly keyPolicy?: string;
}

/** Makes the caller of an ARN that has the policies of some files. A role's ARN means a session of the role. */
export async function subjectOfFiles(
  { as, resource, policy: files = [], keyPolicy: keyFile }: SubjectOptions,
  context: Context,
): Promise<Subject> {
  const caller = callerOf(as);
  const read = async (file: string, kind: PolicyKind) => {
    const input = await inputFor(context, file, 'Policy');
    return preparePolicy(file, await readDocument(file, () => input, kind));
  };
  const identity = await Promise.all(files.map((file) => read(file, 'identity')));
  return {
    identity: {
      caller,
      policies: { identity, boundary: undefined, session: undefined },
      name: caller.type === 'Root' ? undefined : nameIn(caller.roleArn ?? caller.arn),
      tags: new Map(),
      sessionStart: undefined,
    },
    resource,
    ...(keyFile !== undefined && { keyPolicy: await read(keyFile, 'key') }),
  };
}

/**
 * Finds the caller and the key that a store has. The caller is an ARN, or the name of a role or of a user; the resource
 * an ARN, an alias, or the name of a parameter with a slash in front.
 */
export async function subjectOfStore({ as, resource: named }: SubjectOptions, keystore: Keystore): Promise<Subject> {
  const arn = callingArn(as.startsWith('arn:') ? as : await arnOf(as, keystore));
  const identity = keystore[AUTHORIZATION].identify(arn)();
  if (named.startsWith('/')) return { identity, resource: arnIn(keystore, 'ssm', `parameter${named}`) };
  if (!isOfKey(named)) return { identity, resource: named };
  const { keyMetadata } = await keystore.describeKey({ keyId: named });
  const { policy } = await keystore.getKeyPolicy({ keyId: keyMetadata.keyId });
  return {
    identity,
    resource: keyMetadata.arn,
    keyPolicy: preparePolicy('key policy', parsePolicy(policy, 'key')),
    ...(named.startsWith('alias/') && { alias: named }),
  };
}

function isOfKey(resource: string): boolean {
  return resource.startsWith('alias/') || resource.includes(':key/');
}

/** Finds a role, else a user, by its name. */
async function arnOf(name: string, keystore: Keystore): Promise<string> {
  const role = await unlessMissing(keystore.getRole({ roleName: name }));
  if (role !== undefined) return role.role.arn;
  const user = await unlessMissing(keystore.getUser({ userName: name }));
  if (user !== undefined) return user.user.arn;
  throw new CliError(EXIT.notFound, 'The store has no role and no user of the name that --as gives.');
}

async function unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof Error && error.name === 'NoSuchEntity') return undefined;
    throw error;
  });
}

/** Returns the ARN by which a caller calls: of a role, that of a session. */
function callingArn(arn: string): string {
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
