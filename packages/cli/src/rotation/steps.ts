/**
 * One rotation. The new value is a version labelled `pending` of a parameter beside the rotated one until it is tested:
 * the old value stays current, whatever happens before. docs/decisions/021-rotation.md.
 * @module
 */

import type { ParameterMetadata } from '@securestring/parameters';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode, messageOf } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { described } from '../parameters/lookup.ts';
import { adviceOn } from '../parameters/near-names.ts';
import type { OpenStore } from '../store/with-store.ts';
import { runShell } from './commands.ts';
import { pendingName, type Rotation } from './settings.ts';

const LABEL = 'pending';
const MADE_FOR = /^Next value of .* after version (\d+)$/;

/** Gives a parameter its next value, and returns the version. */
export async function rotate(store: OpenStore, context: Context, rotation: Rotation): Promise<number> {
  const { name, command } = rotation;
  const present = await presentOf(store, name);
  const { value: old } = await currentOf(store, name);
  const finished = await finishPending(store, context, rotation, present, old);
  if (finished !== undefined) return finished;
  const value = await runShell(context, { command, name, input: old, answers: true });
  if (value === '') throw new CliError(EXIT.failed, 'The command printed nothing.');
  if (value === old) throw new CliError(EXIT.failed, 'The command printed the value that the parameter has already.');
  await putPending(store, present, value);
  await test(context, rotation, value);
  return promote(store, present, value);
}

/** What is known about a parameter, but for its value. */
export async function presentOf(store: OpenStore, name: string): Promise<ParameterMetadata> {
  const found = await described(store.parameters, name);
  if (found !== undefined) return found;
  const first = `Put its first value: ${commandLine(store.place.options, 'put', name)}`;
  const advice = (await adviceOn(store, name)) ?? first;
  throw new CliError(EXIT.notFound, `There is no parameter ${name}. ${advice}`);
}

async function currentOf({ parameters }: OpenStore, name: string): Promise<{ value: string; version: number }> {
  return (await parameters.getParameter({ name, withDecryption: true })).parameter;
}

/** Goes on where an earlier run ended. Returns the version if that ends the rotation. */
async function finishPending(
  store: OpenStore,
  context: Context,
  rotation: Rotation,
  present: ParameterMetadata,
  old: string,
): Promise<number | undefined> {
  const { parameters } = store;
  const { name } = present;
  const place = pendingName(name);
  const left = await described(parameters, place);
  if (left === undefined) return undefined;
  const { value } = await currentOf(store, place);
  // Where it is current already, only the removal was left.
  if (value !== old && Number(MADE_FOR.exec(left.description ?? '')?.[1]) === present.version) {
    try {
      await test(context, rotation, value);
      context.warn(`${name}: an earlier rotation was interrupted, and its value is taken.`);
      return await promote(store, present, value);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      context.warn(`${name}: the value of an earlier rotation is dropped: ${messageOf(error)}`);
    }
  }
  await parameters.deleteParameter({ name: place });
  return undefined;
}

/** Before the test: what the command did elsewhere, such as in a database, must not be lost with the value. */
async function putPending({ parameters }: OpenStore, present: ParameterMetadata, value: string): Promise<void> {
  const { name, keyId, tier, allowedPattern, version } = present;
  const place = pendingName(name);
  await parameters.putParameter({
    name: place,
    value,
    type: 'SecureString',
    overwrite: true,
    tier,
    description: `Next value of ${name} after version ${version}`,
    ...(keyId !== undefined && { keyId }),
    ...(allowedPattern !== undefined && { allowedPattern }),
  });
  await parameters.labelParameterVersion({ name: place, labels: [LABEL] });
}

async function test(context: Context, { name, test: command }: Rotation, value: string): Promise<void> {
  if (command !== undefined) await runShell(context, { command, name, input: value, answers: false });
}

async function promote({ parameters }: OpenStore, present: ParameterMetadata, value: string): Promise<number> {
  const { name, type, keyId, tier, version } = present;
  const now = (await parameters.getParameter({ name })).parameter.version;
  if (now !== version) {
    throw new CliError(EXIT.failed, `${name} was changed meanwhile, from version ${version} to ${now}.`);
  }
  const request = { name, value, type, tier, overwrite: true, ...(keyId !== undefined && { keyId }) };
  const put = await parameters.putParameter(request);
  await parameters.deleteParameter({ name: pendingName(name) }).catch((error: unknown) => {
    if (!isCode(error, 'SSM_PARAMETER_NOT_FOUND')) throw error;
  });
  return put.version;
}
