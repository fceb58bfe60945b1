/**
 * Returns parameters by name.
 * @module
 */

import type {
  GetParameterRequest,
  GetParameterResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
} from '../requests.ts';
import { parseTarget } from '../rules/names.ts';
import { byText, ifFound } from './bulk.ts';
import { type Context, parameterOf, readVersion } from './parameter.ts';

/** Returns a parameter. */
export async function getParameter(context: Context, request: GetParameterRequest): Promise<GetParameterResult> {
  return { parameter: await read(context, request.name, request.withDecryption ?? false) };
}

/** Returns several parameters, and the names of those that do not exist. */
export async function getParameters(context: Context, request: GetParametersRequest): Promise<GetParametersResult> {
  const names = [...new Set(request.names)];
  const found = await Promise.all(
    names.map((name) => ifFound(() => read(context, name, request.withDecryption ?? false))),
  );
  return {
    parameters: found.filter((parameter) => parameter !== undefined).sort((a, b) => byText(a.name, b.name)),
    invalidParameters: names.filter((_, i) => found[i] === undefined).sort(byText),
  };
}

async function read(context: Context, given: string, withDecryption: boolean): Promise<Parameter> {
  const target = parseTarget(given, context.place, 'with selector');
  const { head, version } = await readVersion(context, target);
  const parameter = await parameterOf(context, target.path, head, version, {
    withDecryption,
    selector: target.selector,
  });
  // AWS answers with the name of the request: `/x` for a parameter that was put as `x`, and the other way round.
  return target.isArn ? parameter : { ...parameter, name: target.name };
}
