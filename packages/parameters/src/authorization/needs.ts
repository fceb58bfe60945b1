/**
 * What a call needs permission for: an action on each parameter that the request names. A row names its needs; a row
 * without has the action of its own name, on the parameter that `name` names.
 *
 * AWS Service Authorization Reference, "Actions, resources, and condition keys for AWS Systems Manager".
 * @module
 */

import { arnIn, awsName, type Place } from '@securestring/service';
import { SsmError } from '../errors.ts';
import { arnOf, parseTarget } from '../rules/names.ts';

/** One action that a call needs permission for. */
export interface Need {
  /** Such as `ssm:GetParameter`. */
  readonly action: string;
  /** The ARN of the parameter or another resource, or `*` for an action that has none. */
  readonly resource: string;
  /** The name of the parameter with a slash in front, by which its tags are found. */
  readonly path?: string;
  /** Whether it is a parameter of another account. None is shared here, so the call is refused. */
  readonly isForeign?: boolean;
}

/** A request that was checked. */
export type Sent = Readonly<Record<string, unknown>>;
/** A call, before its work. */
export interface Asked {
  /** Our name of the operation. */
  readonly name: string;
  readonly request: Sent;
}
/** Lists what a call needs. A name that no parameter can have needs nothing: the work refuses it. */
export type Needs = (place: Place, asked: Asked) => readonly Need[];

/** The action on the parameter that `name` names. */
export const onName: Needs = (place, { name, request }) => onParameter(place, actionOf(name), request['name']);

/** The action on each of the parameters that `names` names. */
export const onNames: Needs = (place, { name, request: { names } }) =>
  (Array.isArray(names) ? names : []).flatMap((each) => onParameter(place, actionOf(name), each));

/** The action on the parameter that `resourceId` names. */
export const onResource: Needs = (place, { name, request }) =>
  onParameter(place, actionOf(name), request['resourceId']);

/** The action on the path itself, as it was sent. What lies below is not asked for, as on AWS. */
export const onPath: Needs = (place, { name, request }) => [
  { action: actionOf(name), resource: arnIn(place, 'ssm', `parameter${String(request['path']).trim()}`) },
];

/** The action on a setting of the service. */
export const onSetting: Needs = (place, { name, request }) => {
  const id = String(request['settingId']);
  const resource = id.startsWith('arn:') ? id : arnIn(place, 'ssm', `servicesetting${id}`);
  return [{ action: actionOf(name), resource }];
};

/** The action on everything: it cannot be narrowed. */
export const onEverything: Needs = (_place, { name }) => [{ action: actionOf(name), resource: '*' }];

/** `ssm:PutParameter`, and `ssm:AddTagsToResource` if the request has tags. */
export const onPut: Needs = (place, { request }) => {
  const { name, tags } = request;
  const hasTags = Array.isArray(tags) && tags.length > 0;
  const actions = ['ssm:PutParameter', ...(hasTags ? ['ssm:AddTagsToResource'] : [])];
  return actions.flatMap((action) => onParameter(place, action, name));
};

function actionOf(name: string): string {
  return `ssm:${awsName(name)}`;
}

/** AWS authorizes on the parameter, whatever version or label follows its name. */
function onParameter(place: Place, action: string, name: unknown): readonly Need[] {
  try {
    const { path } = parseTarget(String(name), place, 'with selector');
    return [{ action, resource: arnOf(path, place), path }];
  } catch (error) {
    if (error instanceof SsmError) return onForeign(place, action, String(name));
    throw error;
  }
}

const PARAMETER_ARN = /^arn:[a-z0-9-]+:ssm:([a-z0-9-]+):(\d{12}):parameter\/[^:]+/;

/** The action on a parameter of another account in this Region, if a name is its ARN. */
function onForeign({ region, accountId }: Place, action: string, name: string): readonly Need[] {
  const [resource, ofRegion, ofAccount] = PARAMETER_ARN.exec(name.trim()) ?? [];
  if (resource === undefined || ofRegion !== region || ofAccount === accountId) return [];
  return [{ action, resource, isForeign: true }];
}
