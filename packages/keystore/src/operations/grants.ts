/**
 * The operations on grants. What a grant allows is in `authorization/grants.ts`.
 * @module
 */

import type { EncryptionContext } from '@securestring/core';
import { decodeEncryptionContext, encodeEncryptionContext } from '@securestring/core/encryption-context';
import { integer, list, type Member, oneOf, optional, record, secret, text, words } from '@securestring/service';
import { hexOf } from '#platform';
import { onGrant, onNewGrant, passedOn } from '../authorization/grant-needs.ts';
import { referTo } from '../authorization/grant-principals.ts';
import { grantNamed, grantOfToken, sealGrantToken } from '../authorization/grant-tokens.ts';
import { onEverything } from '../authorization/needs.ts';
import { KmsError } from '../errors.ts';
import {
  MAX_CONSTRAINT_LENGTH,
  MAX_CONSTRAINT_PAIRS,
  MAX_GRANT_ID_LENGTH,
  MAX_GRANT_NAME_LENGTH,
  MAX_GRANT_PAGE_LENGTH,
  MAX_GRANT_TOKEN_LENGTH,
  MAX_GRANTS_PER_KEY,
  MAX_PRINCIPAL_LENGTH,
} from '../limits.ts';
import type {
  CreateGrantRequest,
  CreateGrantResult,
  GrantOperations,
  RetireGrantRequest,
  RevokeGrantRequest,
} from '../requests.ts';
import { keyUsageOf } from '../state/at-time.ts';
import { GRANT_OPERATIONS, grantsIn, grantsOf, withGrants } from '../state/grants.ts';
import type { GrantRecord, KeyRecord, KeyUsage } from '../state/records.ts';
import { isSame } from '../state/same.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import { endDryRun, findKeyNoAlias, requireCustomerManaged, requireUsable, validationError } from './checks.ts';
import { listGrants, listRetirableGrants, requireGrantId } from './list-grants.ts';
import { FLAG, GRANT_TOKENS, KEY, KEY_ID, notHere, PAGE, PAGE_ANSWER, TEXT, TEXTS, TIME } from './members.ts';
import { type Rows, SILENT_CHANGE } from './row.ts';

/** Operations of grants on every key. */
const COMMON = ['CreateGrant', 'RetireGrant', 'DescribeKey'] as const;
/** What a grant may allow on a key, by the key's use. */
const OPERATIONS_FOR: Readonly<Record<KeyUsage, readonly string[]>> = {
  ENCRYPT_DECRYPT: [
    'Decrypt',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext',
    'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext',
    'ReEncryptFrom',
    'ReEncryptTo',
    ...COMMON,
  ],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac', ...COMMON],
};

/** Makes a grant, or finds the one that an equal request of the same name made. */
export function createGrant(draft: Draft, request: CreateGrantRequest): Edited<CreateGrantResult> {
  const { state } = draft;
  const key = findKeyNoAlias(draft, request.keyId);
  requireCustomerManaged(draft, key.record, 'CreateGrant');
  requireUsable(key, draft.now);
  requireSupported(key.record, request);
  const wanted = wantedGrant(draft, key.record, request);
  const found = wanted.name === '' ? undefined : equalGrant(draft, wanted);
  if (found === undefined) requireRoom(draft, key.record);
  endDryRun(request);
  const grantId = found?.grantId ?? hexOf(draft.randomness.grantId());
  const result = { grantId, grantToken: sealGrantToken(draft, grantId) };
  if (found !== undefined) return { state, result };
  const grants = new Map(grantsIn(state)).set(grantId, { ...wanted, grantId });
  return { state: { ...state, grants }, result };
}

/** Ends the grant that a token, or a key and an id, names. Who may is decided before. */
export function retireGrant(draft: Draft, request: RetireGrantRequest): Edited<void> {
  const { grantToken, keyId = '', grantId = '' } = request;
  const grant = grantToken === undefined ? findGrant(draft, keyId, grantId) : grantOfToken(draft, grantToken);
  endDryRun(request);
  return withoutGrant(draft, grant);
}

/** Ends the grant of a key. */
export function revokeGrant(draft: Draft, request: RevokeGrantRequest): Edited<void> {
  const grant = findGrant(draft, request.keyId, request.grantId);
  endDryRun(request);
  return withoutGrant(draft, grant);
}

/** Checks what a request says of operations and constraints, before a key is looked up. */
export function requireGrantable({ granteePrincipal, operations, constraints = {} }: CreateGrantRequest): void {
  if (granteePrincipal === undefined) throw validationError('GranteePrincipal is required.');
  if (operations.length === 0) throw validationError('Grants must contain at least one operation.');
  if (operations.every((operation) => operation === 'CreateGrant')) {
    throw validationError('Grants must not contain only the CreateGrant operation.');
  }
  for (const context of Object.values(constraints)) requireFewPairs(context ?? {});
}

function requireFewPairs(context: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(context);
  if (pairs.length > MAX_CONSTRAINT_PAIRS) {
    throw validationError(
      `A grant constraint may have at most ${MAX_CONSTRAINT_PAIRS} encryption context pairs, not ${pairs.length}.`,
    );
  }
  const length = pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (length > MAX_CONSTRAINT_LENGTH) {
    throw validationError(
      `The encryption context of a grant constraint may have at most ${MAX_CONSTRAINT_LENGTH} characters, not ${length}.`,
    );
  }
}

/** Checks that a request to retire a grant names it in one of the two ways. */
export function requireOneName({ grantToken, keyId, grantId }: RetireGrantRequest): void {
  const byIds = keyId !== undefined && grantId !== undefined;
  const isOne = grantToken === undefined ? byIds : keyId === undefined && grantId === undefined;
  if (!isOne) throw validationError('Specify either GrantToken, or both KeyId and GrantId.');
}

function requireSupported(record: KeyRecord, request: CreateGrantRequest): void {
  const { operations } = request;
  const usage = keyUsageOf(record);
  const wrong = operations.find((operation) => !OPERATIONS_FOR[usage].includes(operation));
  if (wrong !== undefined) {
    throw validationError(`${record.arn} key usage is ${usage} which is not valid for ${wrong} in a grant.`);
  }
  const { contextEquals, contextSubset } = passedOn(request);
  if (usage !== 'ENCRYPT_DECRYPT' && (contextEquals ?? contextSubset) !== undefined) {
    throw validationError(`${record.arn} has no encryption context, so a grant of it can have no constraint on one.`);
  }
}

/** Returns the record of a grant that is to be made, without its id. */
function wantedGrant(draft: Draft, { keyId }: KeyRecord, request: CreateGrantRequest): Omit<GrantRecord, 'grantId'> {
  const { state, now, by } = draft;
  const { name = '', granteePrincipal, retiringPrincipal } = request;
  return {
    keyId,
    name,
    creationDate: now,
    grantee: referTo(state, granteePrincipal),
    retiring: retiringPrincipal === undefined ? undefined : referTo(state, retiringPrincipal),
    issuingAccountId: by?.identify().caller.accountId ?? state.accountId,
    ...passedOn(request),
  };
}

/** Finds a grant that differs in nothing but its id and its time. The order of the operations does not matter. */
function equalGrant({ state }: Draft, wanted: Omit<GrantRecord, 'grantId'>): GrantRecord | undefined {
  const comparable = (grant: Omit<GrantRecord, 'grantId'>) => ({
    ...grant,
    grantId: '',
    creationDate: 0,
    operations: [...grant.operations].sort(),
  });
  const given = comparable(wanted);
  return grantsOf(state, wanted.keyId)?.all.find(
    (grant) => grant.name === wanted.name && isSame(comparable(grant), given),
  );
}

function requireRoom({ state }: Draft, { keyId, arn }: KeyRecord): void {
  const count = grantsOf(state, keyId)?.all.length ?? 0;
  if (count < MAX_GRANTS_PER_KEY) return;
  throw new KmsError('LimitExceededException', `The key ${arn} has ${count} grants already, which is the most.`);
}

/** Finds a grant of the key that a key id or a key ARN names. */
function findGrant(view: View, keyId: string, grantId: string): GrantRecord {
  const { record } = findKeyNoAlias(view, keyId);
  requireGrantId(grantId);
  const grant = grantNamed(view, grantId);
  if (grant?.keyId === record.keyId) return grant;
  throw new KmsError('NotFoundException', `Grant ${grantId} of ${record.arn} is not found.`);
}

function withoutGrant({ state }: Draft, { grantId }: GrantRecord): Edited<void> {
  const kept = new Map(grantsIn(state));
  kept.delete(grantId);
  return { state: withGrants(state, kept), result: undefined };
}

/** A context, copied in its canonical order: the caller may change the one in the request meanwhile. */
const CONTEXT: Member<true> = optional({
  ...words(),
  take: (value) => decodeEncryptionContext(encodeEncryptionContext(value as EncryptionContext)),
});
const PRINCIPAL = text({ least: 1, most: MAX_PRINCIPAL_LENGTH, pattern: /^[\w+=,.@:/-]+$/ });
const GRANT_ID = text({ least: 1, most: MAX_GRANT_ID_LENGTH });
const GRANT_PAGE = { ...PAGE, limit: optional(integer({ least: 1, most: MAX_GRANT_PAGE_LENGTH })) };
const GRANTS = {
  grants: list(
    record({
      keyId: TEXT,
      grantId: TEXT,
      name: TEXT,
      creationDate: TIME,
      granteePrincipal: TEXT,
      retiringPrincipal: TEXT,
      issuingAccount: TEXT,
      operations: TEXTS,
      constraints: record({ encryptionContextSubset: words(), encryptionContextEquals: words() }),
    }),
  ),
  ...PAGE_ANSWER,
};

/** The rows of these operations. */
export const GRANT_ROWS: Rows<GrantOperations> = {
  createGrant: {
    request: {
      keyId: KEY_ID,
      // The work of a service's grant, which has another grantee, is refused by the name of that member.
      granteePrincipal: optional(PRINCIPAL),
      retiringPrincipal: optional(PRINCIPAL),
      operations: list(oneOf(GRANT_OPERATIONS)),
      constraints: optional(
        record({ encryptionContextEquals: CONTEXT, encryptionContextSubset: CONTEXT, sourceArn: notHere() }),
      ),
      name: optional(text({ least: 1, most: MAX_GRANT_NAME_LENGTH, pattern: /^[a-zA-Z0-9:/_-]+$/ })),
      grantTokens: GRANT_TOKENS,
      dryRun: FLAG,
    },
    refused: { granteeServicePrincipal: notHere(), retiringServicePrincipal: notHere() },
    judge: requireGrantable,
    needs: onNewGrant,
    isCrossAccount: true,
    conditions: {
      'kms:GranteePrincipal': 'granteePrincipal',
      'kms:RetiringPrincipal': 'retiringPrincipal',
      'kms:GrantOperations': 'operations',
    },
    answer: { grantToken: secret(TEXT), grantId: TEXT },
    readOnly: false,
    shown: ['grantId'],
    way: 'change',
    work: createGrant,
  },
  listGrants: {
    request: { ...KEY, ...GRANT_PAGE, grantId: optional(GRANT_ID), granteePrincipal: optional(PRINCIPAL) },
    refused: { granteeServicePrincipal: notHere() },
    isCrossAccount: true,
    answer: GRANTS,
    readOnly: true,
    way: 'read',
    work: listGrants,
  },
  listRetirableGrants: {
    request: { ...GRANT_PAGE, retiringPrincipal: PRINCIPAL },
    refused: { retiringServicePrincipal: notHere() },
    needs: onEverything,
    answer: GRANTS,
    readOnly: true,
    way: 'read',
    work: listRetirableGrants,
  },
  retireGrant: {
    ...SILENT_CHANGE,
    request: {
      grantToken: optional(secret(text({ least: 1, most: MAX_GRANT_TOKEN_LENGTH }))),
      keyId: optional(KEY_ID),
      grantId: optional(GRANT_ID),
      dryRun: FLAG,
    },
    judge: requireOneName,
    needs: onGrant,
    isCrossAccount: true,
    work: retireGrant,
  },
  revokeGrant: {
    ...SILENT_CHANGE,
    request: { ...KEY, grantId: GRANT_ID, dryRun: FLAG },
    isCrossAccount: true,
    work: revokeGrant,
  },
};
