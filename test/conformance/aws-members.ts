/**
 * What the operations here do with every member of AWS's requests and answers, by AWS's names. A member of a record, or
 * of the records of a list, follows its record after a dot.
 * @module
 */

/** Members, apart by spaces. */
type Names = string;
/** Members, each with the reason why it is not here. */
export type Reasons = Readonly<Record<string, string>>;

/** What an operation does with its members. */
export interface OperationMembers {
  readonly reads?: Names;
  /** Members that refuse their request by name, unless their value changes nothing. */
  readonly refuses?: Reasons;
  readonly answers?: Names;
  /** Members that no answer has. */
  readonly omits?: Reasons;
}
/** The operations of a service, by AWS's names. */
export type ServiceMembers = Readonly<Record<string, OperationMembers>>;

/** The release of botocore whose models the tables below follow; `.ci/run` installs it. */
export const MODELS_RELEASE = '1.44.8';

const NO_ENCLAVE = 'it seals the answer for an enclave; without it the plaintext would be in the answer, in clear';
export const NO_STORE = 'keys are in the keystore alone: there is no CloudHSM cluster and no external key store';
const NO_SERVICE = 'no AWS service calls this keystore, so that no grant can be one of a service';
const ONE_ACCOUNT = 'keys of other accounts are not here';
const WHOLE_DRY_RUN = 'a dry run here judges the ciphertext too';
const NO_DEVICE = 'users have no second factor';
const SYMMETRIC = 'there are no asymmetric keys yet';

const KEY_METADATA = under(
  'KeyMetadata',
  `AWSAccountId Arn CreationDate CurrentKeyMaterialId CustomerMasterKeySpec DeletionDate Description Enabled
   EncryptionAlgorithms ExpirationModel KeyId KeyManager KeySpec KeyState KeyUsage MacAlgorithms MultiRegion Origin
   ValidTo MultiRegionConfiguration MultiRegionConfiguration.MultiRegionKeyType MultiRegionConfiguration.PrimaryKey
   MultiRegionConfiguration.PrimaryKey.Arn MultiRegionConfiguration.PrimaryKey.Region
   MultiRegionConfiguration.ReplicaKeys MultiRegionConfiguration.ReplicaKeys.Arn
   MultiRegionConfiguration.ReplicaKeys.Region`,
);
const NOT_IN_KEY_METADATA: Reasons = {
  'KeyMetadata.CloudHsmClusterId': NO_STORE,
  'KeyMetadata.CustomKeyStoreId': NO_STORE,
  'KeyMetadata.XksKeyConfiguration': NO_STORE,
  'KeyMetadata.EncapsulationAlgorithms': SYMMETRIC,
  'KeyMetadata.KeyAgreementAlgorithms': SYMMETRIC,
  'KeyMetadata.SigningAlgorithms': SYMMETRIC,
  'KeyMetadata.PendingDeletionWindowInDays': 'AWS has it while replicas keep a primary key, and there are no replicas',
};
const DATA_KEY = 'DryRun EncryptionContext GrantTokens KeyId KeySpec NumberOfBytes';
const GRANTS = under(
  'Grants',
  `Constraints Constraints.EncryptionContextEquals Constraints.EncryptionContextSubset CreationDate GrantId
   GranteePrincipal IssuingAccount KeyId Name Operations RetiringPrincipal`,
);
const NOT_IN_GRANTS: Reasons = {
  'Grants.Constraints.SourceArn': NO_SERVICE,
  'Grants.GranteeServicePrincipal': NO_SERVICE,
  'Grants.RetiringServicePrincipal': NO_SERVICE,
};
const PAGE = 'Limit Marker';
const PAGE_ANSWER = 'NextMarker Truncated';
const TAGS = 'Tags Tags.TagKey Tags.TagValue';

export const KMS_MEMBERS: ServiceMembers = {
  CancelKeyDeletion: { reads: 'KeyId', answers: 'KeyId' },
  CreateAlias: { reads: 'AliasName TargetKeyId' },
  CreateGrant: {
    reads: `Constraints Constraints.EncryptionContextEquals Constraints.EncryptionContextSubset DryRun GranteePrincipal
      GrantTokens KeyId Name Operations RetiringPrincipal`,
    refuses: {
      'Constraints.SourceArn': NO_SERVICE,
      GranteeServicePrincipal: NO_SERVICE,
      RetiringServicePrincipal: NO_SERVICE,
    },
    answers: 'GrantId GrantToken',
  },
  CreateKey: {
    reads: `BypassPolicyLockoutSafetyCheck CustomerMasterKeySpec Description KeySpec KeyUsage MultiRegion Origin Policy
      ${TAGS}`,
    refuses: { CustomKeyStoreId: NO_STORE, XksKeyId: NO_STORE },
    answers: KEY_METADATA,
    omits: NOT_IN_KEY_METADATA,
  },
  Decrypt: {
    reads: 'CiphertextBlob DryRun EncryptionAlgorithm EncryptionContext GrantTokens KeyId',
    refuses: { DryRunModifiers: WHOLE_DRY_RUN, Recipient: NO_ENCLAVE },
    answers: 'EncryptionAlgorithm KeyId KeyMaterialId Plaintext',
    omits: { CiphertextForRecipient: NO_ENCLAVE },
  },
  DeleteAlias: { reads: 'AliasName' },
  DeleteImportedKeyMaterial: { reads: 'KeyId KeyMaterialId', answers: 'KeyId KeyMaterialId' },
  DescribeKey: { reads: 'GrantTokens KeyId', answers: KEY_METADATA, omits: NOT_IN_KEY_METADATA },
  DisableKey: { reads: 'KeyId' },
  DisableKeyRotation: { reads: 'KeyId' },
  EnableKey: { reads: 'KeyId' },
  EnableKeyRotation: { reads: 'KeyId RotationPeriodInDays' },
  Encrypt: {
    reads: 'DryRun EncryptionAlgorithm EncryptionContext GrantTokens KeyId Plaintext',
    answers: 'CiphertextBlob EncryptionAlgorithm KeyId',
  },
  GenerateDataKey: {
    reads: DATA_KEY,
    refuses: { Recipient: NO_ENCLAVE },
    answers: 'CiphertextBlob KeyId KeyMaterialId Plaintext',
    omits: { CiphertextForRecipient: NO_ENCLAVE },
  },
  GenerateDataKeyWithoutPlaintext: { reads: DATA_KEY, answers: 'CiphertextBlob KeyId KeyMaterialId' },
  GenerateMac: { reads: 'DryRun GrantTokens KeyId MacAlgorithm Message', answers: 'KeyId Mac MacAlgorithm' },
  GenerateRandom: {
    reads: 'NumberOfBytes',
    refuses: { CustomKeyStoreId: NO_STORE, Recipient: NO_ENCLAVE },
    answers: 'Plaintext',
    omits: { CiphertextForRecipient: NO_ENCLAVE },
  },
  GetKeyRotationStatus: {
    reads: 'KeyId',
    answers: 'KeyId KeyRotationEnabled NextRotationDate RotationPeriodInDays',
    omits: { OnDemandRotationStartDate: 'AWS has it while a rotation takes place, which here takes no time' },
  },
  GetKeyPolicy: { reads: 'KeyId PolicyName', answers: 'Policy PolicyName' },
  GetParametersForImport: {
    reads: 'KeyId WrappingAlgorithm WrappingKeySpec',
    answers: 'ImportToken KeyId ParametersValidTo PublicKey',
  },
  ImportKeyMaterial: {
    reads: `EncryptedKeyMaterial ExpirationModel ImportToken ImportType KeyId KeyMaterialDescription KeyMaterialId
      ValidTo`,
    answers: 'KeyId KeyMaterialId',
  },
  ListAliases: {
    reads: `KeyId ${PAGE}`,
    answers: `${under('Aliases', 'AliasArn AliasName CreationDate LastUpdatedDate TargetKeyId')} ${PAGE_ANSWER}`,
  },
  ListGrants: {
    reads: `GrantId GranteePrincipal KeyId ${PAGE}`,
    refuses: { GranteeServicePrincipal: NO_SERVICE },
    answers: `${GRANTS} ${PAGE_ANSWER}`,
    omits: NOT_IN_GRANTS,
  },
  ListKeyPolicies: { reads: `KeyId ${PAGE}`, answers: `PolicyNames ${PAGE_ANSWER}` },
  ListKeyRotations: {
    reads: `IncludeKeyMaterial KeyId ${PAGE}`,
    answers: `${under(
      'Rotations',
      `ExpirationModel ImportState KeyId KeyMaterialDescription KeyMaterialId KeyMaterialState RotationDate
       RotationType ValidTo`,
    )} ${PAGE_ANSWER}`,
  },
  ListKeys: {
    reads: PAGE,
    refuses: { ResourceOwners: ONE_ACCOUNT },
    answers: `${under('Keys', 'KeyArn KeyId')} ${PAGE_ANSWER}`,
  },
  ListResourceTags: { reads: `KeyId ${PAGE}`, answers: `${TAGS} ${PAGE_ANSWER}` },
  ListRetirableGrants: {
    reads: `RetiringPrincipal ${PAGE}`,
    refuses: { RetiringServicePrincipal: NO_SERVICE },
    answers: `${GRANTS} ${PAGE_ANSWER}`,
    omits: NOT_IN_GRANTS,
  },
  PutKeyPolicy: { reads: 'BypassPolicyLockoutSafetyCheck KeyId Policy PolicyName' },
  ReEncrypt: {
    reads: `CiphertextBlob DestinationEncryptionAlgorithm DestinationEncryptionContext DestinationKeyId DryRun
      GrantTokens SourceEncryptionAlgorithm SourceEncryptionContext SourceKeyId`,
    refuses: { DryRunModifiers: WHOLE_DRY_RUN },
    answers: `CiphertextBlob DestinationEncryptionAlgorithm DestinationKeyMaterialId KeyId SourceEncryptionAlgorithm
      SourceKeyId SourceKeyMaterialId`,
  },
  RetireGrant: { reads: 'DryRun GrantId GrantToken KeyId' },
  RevokeGrant: { reads: 'DryRun GrantId KeyId' },
  RotateKeyOnDemand: { reads: 'KeyId', answers: 'KeyId' },
  ScheduleKeyDeletion: {
    reads: 'KeyId PendingWindowInDays',
    answers: 'DeletionDate KeyId KeyState PendingWindowInDays',
  },
  TagResource: { reads: `KeyId ${TAGS}` },
  UntagResource: { reads: 'KeyId TagKeys' },
  UpdateAlias: { reads: 'AliasName TargetKeyId' },
  UpdateKeyDescription: { reads: 'Description KeyId' },
  VerifyMac: { reads: 'DryRun GrantTokens KeyId Mac MacAlgorithm Message', answers: 'KeyId MacAlgorithm MacValid' },
};

const RESOURCE = 'ResourceId ResourceType';
const SETTING = under('ServiceSetting', 'ARN LastModifiedDate LastModifiedUser SettingId SettingValue Status');
const PARAMETER = 'ARN DataType LastModifiedDate Name Selector Type Value Version';
const DESCRIPTION = `AllowedPattern DataType Description KeyId LastModifiedDate LastModifiedUser Name Policies
  Policies.PolicyStatus Policies.PolicyText Policies.PolicyType Tier Type Version`;
const FILTERS = under('ParameterFilters', 'Key Option Values');
const NEXT = 'MaxResults NextToken';
const SSM_TAGS = 'Tags Tags.Key Tags.Value';
const NO_SOURCE = 'AWS has it for references to secrets of Secrets Manager, which is not here';

export const SSM_MEMBERS: ServiceMembers = {
  AddTagsToResource: { reads: `${RESOURCE} ${SSM_TAGS}` },
  DeleteParameter: { reads: 'Name' },
  DeleteParameters: { reads: 'Names', answers: 'DeletedParameters InvalidParameters' },
  DescribeParameters: {
    reads: `${under('Filters', 'Key Values')} ${FILTERS} Shared ${NEXT}`,
    answers: `${under('Parameters', `ARN ${DESCRIPTION}`)} NextToken`,
  },
  GetParameter: {
    reads: 'Name WithDecryption',
    answers: under('Parameter', PARAMETER),
    omits: { 'Parameter.SourceResult': NO_SOURCE },
  },
  GetParameterHistory: {
    reads: `Name WithDecryption ${NEXT}`,
    answers: `${under('Parameters', `${DESCRIPTION} Labels Value`)} NextToken`,
  },
  GetParameters: {
    reads: 'Names WithDecryption',
    answers: `InvalidParameters ${under('Parameters', PARAMETER)}`,
    omits: { 'Parameters.SourceResult': NO_SOURCE },
  },
  GetParametersByPath: {
    reads: `Path Recursive WithDecryption ${FILTERS} ${NEXT}`,
    answers: `${under('Parameters', PARAMETER)} NextToken`,
    omits: { 'Parameters.SourceResult': NO_SOURCE },
  },
  GetServiceSetting: { reads: 'SettingId', answers: SETTING },
  LabelParameterVersion: { reads: 'Labels Name ParameterVersion', answers: 'InvalidLabels ParameterVersion' },
  ListTagsForResource: { reads: RESOURCE, answers: under('TagList', 'Key Value') },
  PutParameter: {
    reads: `AllowedPattern DataType Description KeyId Name Overwrite Policies ${SSM_TAGS} Tier Type Value`,
    answers: 'Tier Version',
  },
  RemoveTagsFromResource: { reads: `${RESOURCE} TagKeys` },
  ResetServiceSetting: { reads: 'SettingId', answers: SETTING },
  UnlabelParameterVersion: { reads: 'Labels Name ParameterVersion', answers: 'InvalidLabels RemovedLabels' },
  UpdateServiceSetting: { reads: 'SettingId SettingValue' },
};

export const STS_MEMBERS: ServiceMembers = {
  AssumeRole: {
    reads: 'DurationSeconds ExternalId Policy RoleArn RoleSessionName Tags Tags.Key Tags.Value',
    refuses: {
      PolicyArns: 'there are no managed policies',
      MinimumSessionTokenSize: 'tokens have the size that they need',
      ProvidedContexts: 'there is no identity center',
      SerialNumber: NO_DEVICE,
      SourceIdentity: 'no session keeps one',
      TokenCode: NO_DEVICE,
      TransitiveTagKeys: 'tags end with their session',
    },
    answers: `AssumedRoleUser AssumedRoleUser.Arn AssumedRoleUser.AssumedRoleId Credentials Credentials.AccessKeyId
      Credentials.Expiration Credentials.SecretAccessKey Credentials.SessionToken PackedPolicySize`,
    omits: {
      SessionTokenSize: 'it is about tokens of AWS’s own form',
      SessionTokenUtilization: 'it is about tokens of AWS’s own form',
      SourceIdentity: 'no session keeps one',
    },
  },
  GetCallerIdentity: { answers: 'Account Arn UserId' },
};

/** Splits names, and sorts them. */
export function split(names: Names = ''): readonly string[] {
  return names.split(/\s+/).filter(Boolean).sort();
}

/** Builds the names of a record and of its members. */
function under(name: string, members: Names): Names {
  return [name, ...split(members).map((member) => `${name}.${member}`)].join(' ');
}
