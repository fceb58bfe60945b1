/**
 * Reads policy documents. Syntax is judged strictly. What AWS stores although it can never match, such as an action
 * that no service has, is stored here too.
 *
 * AWS Identity and Access Management User Guide, "Grammar of the IAM JSON policy language".
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { parseOperator } from './conditions.ts';
import { type JsonRecord, parseUniqueJson } from './json.ts';
import { parsePrincipals } from './principals.ts';
import {
  type Condition,
  type Patterns,
  type PolicyDocument,
  PolicyFault,
  type PolicyKind,
  type Statement,
} from './statement.ts';
import { parseTemplate, VariableFault } from './template.ts';

const SYNTAX = 'Syntax errors in policy.';
const SID =
  'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*';
const TWO_SIDS = 'Statement IDs (SID) in a single policy must be unique.';
const REGION = 'IAM resource ARN cannot contain region information.';
const COLONS = 'Actions/Condition can contain only one colon.';

/** The characters that a policy may have. */
const CHARACTERS = /^[\t\n\r -\xff]*$/;
const DOCUMENT_MEMBERS = ['Version', 'Id', 'Statement'];
const STATEMENT_MEMBERS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

/**
 * Parses a policy.
 *
 * @throws {@link PolicyFault} for a document that AWS refuses.
 * @example
 * const text = '{"Statement":{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}}';
 * parsePolicy(text, 'identity').statements.length // => 1
 */
export function parsePolicy(text: string, kind: PolicyKind): PolicyDocument {
  if (!CHARACTERS.test(text)) throw syntax('The policy has a character above U+00FF, or a control character.');
  const parsed = parseUniqueJson(text);
  if (parsed === undefined) throw syntax('The policy is not JSON, or an element is in it twice.');
  const document = recordOf(parsed.value, 'The policy');
  requireKnown(document, DOCUMENT_MEMBERS, 'The policy');
  const { Version: version = '2008-10-17', Id: id, Statement: given } = document;
  if (version !== '2012-10-17' && version !== '2008-10-17') {
    throw syntax('Version must be 2012-10-17 or 2008-10-17.');
  }
  if (id !== undefined && typeof id !== 'string') throw syntax('Id must be a text.');
  const listed = Array.isArray(given) ? given : [given];
  if (given === undefined || listed.length === 0) throw syntax('Statement must hold at least one statement.');
  const statements = listed.map((statement: unknown, i) =>
    parseStatement(statement, `Statement ${i + 1}`, kind, version),
  );
  if (kind !== 'key') requireUniqueSids(statements);
  return { kind, version, statements };
}

function parseStatement(
  value: unknown,
  place: string,
  kind: PolicyKind,
  version: PolicyDocument['version'],
): Statement {
  const record = recordOf(value, place);
  requireKnown(record, STATEMENT_MEMBERS, place);
  const { Sid: sid, Effect: effect } = record;
  if (sid !== undefined && typeof sid !== 'string') throw syntax(`${place}: Sid must be a text.`);
  if (sid !== undefined && kind !== 'key' && !/^[0-9A-Za-z]*$/.test(sid)) {
    throw new PolicyFault(SID, `${place}: Sid takes letters and digits alone.`);
  }
  if (effect !== 'Allow' && effect !== 'Deny') throw syntax(`${place}: Effect must be Allow or Deny.`);
  const statement = {
    sid,
    effect,
    principals: parsePrincipals(record, place, kind),
    actions: parseActions(record, place, kind),
    resources: parseResources(record, place, kind),
    conditions: parseConditions(record['Condition'], place),
  } as const;
  if (kind === 'key') requireNarrow(statement, place);
  if (version === '2012-10-17') requireVariables(statement, place);
  return statement;
}

function parseActions(record: JsonRecord, place: string, kind: PolicyKind): Patterns | undefined {
  const actions = eitherOf(record, 'Action', place);
  if (actions === undefined) {
    // AWS takes such a statement of a key policy, which then has no effect.
    if (kind === 'key') return undefined;
    throw syntax(`${place}: Action or NotAction is missing.`);
  }
  for (const action of actions.values) {
    if (action === '*') continue;
    const colons = action.split(':').length - 1;
    if (colons > 1) throw new PolicyFault(COLONS, `${place}: an action is a service, a colon and a name.`);
    if (colons === 0) throw syntax(`${place}: the action ${quoted(action)} names no service, as in kms:Decrypt.`);
  }
  return actions;
}

function parseResources(record: JsonRecord, place: string, kind: PolicyKind): Patterns | undefined {
  const resources = eitherOf(record, 'Resource', place);
  if (kind === 'trust') {
    if (resources === undefined) return undefined;
    throw new PolicyFault('Has prohibited field Resource', `${place}: a trust policy has no Resource.`);
  }
  if (resources === undefined) {
    if (kind === 'key') return undefined;
    throw syntax(`${place}: Resource or NotResource is missing.`);
  }
  for (const resource of resources.values) {
    if (resource !== '*' && !/^arn:([^:]*:){4}./.test(resource)) {
      const words = `Resource ${resource} must be in ARN format or "*".`;
      throw new PolicyFault(words, `${place}: a resource is an ARN of six parts, or *.`);
    }
    if (kind === 'identity' && /^arn:[^:]*:iam:(?!\*?:)/.test(resource)) {
      throw new PolicyFault(REGION, `${place}: users and roles belong to no Region: arn:aws:iam::ACCOUNT:….`);
    }
  }
  return resources;
}

/** Reads a member or its opposite. Both at once are an error. */
function eitherOf(record: JsonRecord, name: 'Action' | 'Resource', place: string): Patterns | undefined {
  const [plain, negated] = [record[name], record[`Not${name}`]];
  if (plain !== undefined && negated !== undefined)
    throw syntax(`${place}: ${name} and Not${name} exclude each other.`);
  const given = plain ?? negated;
  if (given === undefined) return undefined;
  return { isNegated: plain === undefined, values: textsOf(given, `${place}: ${name}`) };
}

function parseConditions(given: unknown, place: string): readonly Condition[] {
  if (given === undefined) return [];
  return Object.entries(recordOf(given, `${place}: Condition`)).flatMap(([operator, block]) => {
    if (parseOperator(operator) === undefined) {
      throw syntax(`${place}: AWS has no condition operator ${quoted(operator)}.`);
    }
    const keys = Object.entries(recordOf(block, `${place}: ${operator}`));
    if (new Set(keys.map(([key]) => key.toLowerCase())).size < keys.length) {
      throw syntax(`${place}: ${operator} has a key twice. The case of keys does not count.`);
    }
    return keys.map(([key, values]) => {
      if (!/^[^:\s]+:.+$/.test(key))
        throw syntax(`${place}: ${quoted(key)} is not a condition key such as aws:SourceIp.`);
      return { operator, key, values: valuesOf(values, `${place}: ${quoted(key)}`) };
    });
  });
}

/** Keys of one value, by the beginning of their names, which a request may lack; and AWS's words for them. */
const SINGLE: readonly (readonly [start: string, shown: string])[] = [
  ['kms:encryptioncontext:', 'encryption context'],
  ['aws:requesttag/', 'tag'],
];

/**
 * Refuses `ForAllValues` on these keys, as KMS does: the condition would also hold without the pair.
 *
 * AWS Key Management Service Developer Guide, "AWS KMS condition keys".
 */
function requireNarrow({ conditions }: Statement, place: string): void {
  for (const { operator, key } of conditions) {
    if (parseOperator(operator)?.set !== 'ForAllValues') continue;
    const single = SINGLE.find(([start]) => key.toLowerCase().startsWith(start));
    if (single === undefined) continue;
    throw new PolicyFault(
      `OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches requests without the specified ${single[1]} or with an unspecified ${single[1]}. To fix, remove ForAllValues.`,
      `${place}: ${quoted(key)} has one value. Write ${quoted(operator.slice('ForAllValues:'.length))}.`,
    );
  }
}

/** Allows variables in resources, behind the fifth colon, and in conditions. */
function requireVariables({ resources, conditions }: Statement, place: string): void {
  const texts = [...(resources?.values ?? []), ...conditions.flatMap(({ values }) => values)];
  try {
    for (const text of texts) parseTemplate(text);
  } catch (error) {
    if (!(error instanceof VariableFault)) throw error;
    throw syntax(`${place}: ${error.message}`);
  }
  for (const resource of resources?.values ?? []) {
    if (resource.split(':').slice(0, 5).join(':').includes('${')) {
      throw syntax(`${place}: a variable of a resource must come after the fifth colon.`);
    }
  }
}

function requireUniqueSids(statements: readonly Statement[]): void {
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid === '' ? [] : [sid]));
  const twice = sids.find((sid, i) => sids.indexOf(sid) < i);
  if (twice !== undefined) throw new PolicyFault(TWO_SIDS, `The Sid ${twice} is in the policy twice.`);
}

function recordOf(value: unknown, place: string): JsonRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonRecord;
  throw syntax(`${place} must be a JSON object.`);
}

function requireKnown(record: JsonRecord, names: readonly string[], place: string): void {
  const unknown = Object.keys(record).find((name) => !names.includes(name));
  if (unknown !== undefined) throw syntax(`${place} has an element that AWS does not know: ${quoted(unknown)}.`);
}

/** Reads a text or a list of texts. */
function textsOf(given: unknown, place: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0 || !list.every((entry) => typeof entry === 'string')) {
    throw syntax(`${place} must be a text, or a list of at least one.`);
  }
  return list as readonly string[];
}

function valuesOf(given: unknown, place: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > 0 && list.every((entry) => ['string', 'number', 'boolean'].includes(typeof entry)))
    return list.map(String);
  throw syntax(`${place} must be a text, a number or a boolean, or a list of at least one.`);
}

function syntax(detail: string): PolicyFault {
  return new PolicyFault(SYNTAX, detail);
}
