/**
 * Actions and condition keys of AWS, as far as this project knows services. They are for the linter alone: a decision
 * compares texts, and needs no list.
 *
 * AWS Service Authorization Reference of August 2026, and for the names of operations the service models of botocore
 * 1.44.8, of November 2026, which a test compares. A name that AWS has added since is not here.
 * @module
 */

import { glob, tokensOf } from '../glob.ts';

/** What an action of KMS is authorized on; `none` for one that needs the resource `*`. */
export type KmsResource = 'key' | 'alias' | 'none';

const CONTEXT = 'EncryptionContext: EncryptionContextKeys';
const CIPHER = `${CONTEXT} EncryptionAlgorithm RequestAlias`;
const ATTESTED = 'RecipientAttestation:';
/** The condition keys of every action on a key. */
const COMMON =
  'CallerAccount ViaService KeyOrigin KeySpec KeyUsage CustomerMasterKeySpec CustomerMasterKeyUsage MultiRegion MultiRegionKeyType ResourceAliases';
const CREATION =
  'BypassPolicyLockoutSafetyCheck KeyOrigin KeySpec KeyUsage CustomerMasterKeySpec CustomerMasterKeyUsage MultiRegion MultiRegionKeyType CallerAccount ViaService';
const GRANT =
  'GrantConstraintSourceArn GrantIsForAWSResource GrantOperations GranteePrincipal GranteeServicePrincipal RetiringPrincipal RetiringServicePrincipal';

/** Actions of KMS, what they are on, and their own condition keys. `ReEncrypt` is an operation, and not an action. */
const KMS: readonly (readonly [actions: string, on: string, keys: string])[] = [
  ['Encrypt GenerateDataKeyWithoutPlaintext', 'key', CIPHER],
  ['Decrypt GenerateDataKey', 'key', `${CIPHER} ${ATTESTED}`],
  ['GenerateDataKeyPair', 'key', `${CIPHER} ${ATTESTED} DataKeyPairSpec`],
  ['GenerateDataKeyPairWithoutPlaintext', 'key', `${CIPHER} DataKeyPairSpec`],
  ['ReEncryptFrom ReEncryptTo', 'key', `${CIPHER} ReEncryptOnSameKey`],
  ['GenerateMac VerifyMac', 'key', 'RequestAlias MacAlgorithm'],
  ['Sign Verify', 'key', 'RequestAlias MessageType SigningAlgorithm'],
  ['DeriveSharedSecret', 'key', `RequestAlias ${ATTESTED} KeyAgreementAlgorithm`],
  ['Decapsulate DescribeKey Encapsulate GetPublicKey', 'key', 'RequestAlias'],
  ['CreateGrant', 'key', `${CONTEXT} GrantConstraintType ${GRANT}`],
  ['RetireGrant', 'key', `${CONTEXT} GrantConstraintType`],
  ['RevokeGrant ListGrants', 'key', 'GrantIsForAWSResource'],
  ['PutKeyPolicy', 'key', 'BypassPolicyLockoutSafetyCheck'],
  ['DisableKey', 'key', 'TrailingDaysWithoutKeyUsage'],
  ['ScheduleKeyDeletion', 'key', 'ScheduleKeyDeletionPendingWindowInDays TrailingDaysWithoutKeyUsage'],
  ['EnableKeyRotation', 'key', 'RotationPeriodInDays'],
  ['GetParametersForImport', 'key', 'WrappingAlgorithm WrappingKeySpec'],
  ['ImportKeyMaterial', 'key', 'ExpirationModel ValidTo'],
  ['ReplicateKey', 'key', 'ReplicaRegion'],
  ['UpdatePrimaryRegion', 'key', 'PrimaryRegion'],
  [
    `CancelKeyDeletion DeleteImportedKeyMaterial DisableKeyRotation EnableKey GetKeyLastUsage GetKeyPolicy
    GetKeyRotationStatus ListKeyPolicies ListKeyRotations ListResourceTags RotateKeyOnDemand
    SynchronizeMultiRegionKey TagResource UntagResource UpdateKeyDescription`,
    'key',
    '',
  ],
  ['CreateAlias DeleteAlias UpdateAlias', 'key alias', ''],
  ['CreateKey', 'none', CREATION],
  ['GenerateRandom', 'none', ATTESTED],
  ['ListAliases ListKeys ListRetirableGrants', 'none', ''],
  [
    `ConnectCustomKeyStore CreateCustomKeyStore DeleteCustomKeyStore DescribeCustomKeyStores DisconnectCustomKeyStore
    UpdateCustomKeyStore`,
    'none',
    'CallerAccount',
  ],
];

const SSM = `
  AddTagsToResource AssociateOpsItemRelatedItem CancelCommand CancelMaintenanceWindowExecution CreateActivation
  CreateAssociation CreateAssociationBatch CreateCloudConnector CreateDocument CreateMaintenanceWindow CreateOpsItem
  CreateOpsMetadata CreatePatchBaseline CreateResourceDataSync DeleteActivation DeleteAssociation
  DeleteCloudConnector DeleteDocument DeleteInventory DeleteMaintenanceWindow DeleteOpsItem DeleteOpsMetadata
  DeleteParameter DeleteParameters DeletePatchBaseline DeleteResourceDataSync DeleteResourcePolicy
  DeregisterDefaultHostManagementConfiguration DeregisterManagedInstance DeregisterPatchBaselineForPatchGroup
  DeregisterTargetFromMaintenanceWindow DeregisterTaskFromMaintenanceWindow DescribeActivations DescribeAssociation
  DescribeAssociationExecutionTargets DescribeAssociationExecutions DescribeAutomationExecutions
  DescribeAutomationStepExecutions DescribeAvailablePatches DescribeDocument DescribeDocumentParameters
  DescribeDocumentPermission DescribeEffectiveInstanceAssociations DescribeEffectivePatchesForPatchBaseline
  DescribeInstanceAssociationsStatus DescribeInstanceInformation DescribeInstancePatchStates
  DescribeInstancePatchStatesForPatchGroup DescribeInstancePatches DescribeInstanceProperties
  DescribeInventoryDeletions DescribeMaintenanceWindowExecutionTaskInvocations
  DescribeMaintenanceWindowExecutionTasks DescribeMaintenanceWindowExecutions DescribeMaintenanceWindowSchedule
  DescribeMaintenanceWindowTargets DescribeMaintenanceWindowTasks DescribeMaintenanceWindows
  DescribeMaintenanceWindowsForTarget DescribeOpsItems DescribeParameters DescribePatchBaselines
  DescribePatchGroupState DescribePatchGroups DescribePatchProperties DescribeSessions
  DisassociateOpsItemRelatedItem ExecuteAPI GetAccessToken GetAutomationExecution GetCalendar GetCalendarState
  GetCloudConnector GetCommandInvocation GetConnectionStatus GetDefaultPatchBaseline
  GetDeployablePatchSnapshotForInstance GetDocument GetExecutionPreview GetInventory GetInventorySchema
  GetMaintenanceWindow GetMaintenanceWindowExecution GetMaintenanceWindowExecutionTask
  GetMaintenanceWindowExecutionTaskInvocation GetMaintenanceWindowTask GetManifest GetOpsItem GetOpsMetadata
  GetOpsSummary GetParameter GetParameterHistory GetParameters GetParametersByPath GetPatchBaseline
  GetPatchBaselineForPatchGroup GetResourcePolicies GetServiceSetting LabelParameterVersion ListAssociationVersions
  ListAssociations ListCloudConnectors ListCommandInvocations ListCommands ListComplianceItems
  ListComplianceSummaries ListDocumentMetadataHistory ListDocumentVersions ListDocuments ListInstanceAssociations
  ListInventoryEntries ListNodes ListNodesSummary ListOpsItemEvents ListOpsItemRelatedItems ListOpsMetadata
  ListResourceComplianceSummaries ListResourceDataSync ListTagsForResource ModifyDocumentPermission PutCalendar
  PutComplianceItems PutConfigurePackageResult PutInventory PutParameter PutResourcePolicy
  RegisterDefaultHostManagementConfiguration RegisterDefaultPatchBaseline RegisterManagedInstance
  RegisterPatchBaselineForPatchGroup RegisterTargetWithMaintenanceWindow RegisterTaskWithMaintenanceWindow
  RemoveTagsFromResource ResetServiceSetting ResumeSession SendAutomationSignal SendCommand StartAccessRequest
  StartAssociationsOnce StartAutomationExecution StartChangeRequestExecution StartExecutionPreview StartSession
  StopAutomationExecution TerminateSession UnlabelParameterVersion UpdateAssociation UpdateAssociationStatus
  UpdateCloudConnector UpdateDocument UpdateDocumentDefaultVersion UpdateDocumentMetadata
  UpdateInstanceAssociationStatus UpdateMaintenanceWindow UpdateMaintenanceWindowTarget UpdateMaintenanceWindowTask
  UpdateManagedInstanceRole UpdateOpsItem UpdateOpsMetadata UpdatePatchBaseline UpdateResourceDataSync
  UpdateServiceSetting ValidateCloudConnector`;

const STS = `
  AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage GetAccessKeyInfo
  GetCallerIdentity GetDelegatedAccessToken GetFederationToken GetScopedCredentials GetServiceBearerToken
  GetSessionToken GetWebIdentityToken SetContext SetSourceIdentity TagGetWebIdentityToken TagSession`;

const IAM = `
  AcceptDelegationRequest AcquireRole AddClientIDToOpenIDConnectProvider AddRoleToInstanceProfile AddUserToGroup
  AssociateDelegationRequest AttachGroupPolicy AttachRolePolicy AttachUserPolicy ChangePassword CreateAccessKey
  CreateAccountAlias CreateDelegationRequest CreateGroup CreateInstanceProfile CreateLoginProfile
  CreateOpenIDConnectProvider CreatePolicy CreatePolicyVersion CreateRole CreateSAMLProvider CreateServiceLinkedRole
  CreateServiceSpecificCredential CreateUser CreateVirtualMFADevice DeactivateMFADevice DeleteAccessKey
  DeleteAccountAlias DeleteAccountPasswordPolicy DeleteCloudFrontPublicKey DeleteGroup DeleteGroupPolicy
  DeleteInstanceProfile DeleteLoginProfile DeleteOpenIDConnectProvider DeletePolicy DeletePolicyVersion DeleteRole
  DeleteRolePermissionsBoundary DeleteRolePolicy DeleteSAMLProvider DeleteSSHPublicKey DeleteServerCertificate
  DeleteServiceLinkedRole DeleteServiceSpecificCredential DeleteSigningCertificate DeleteUser
  DeleteUserPermissionsBoundary DeleteUserPolicy DeleteVirtualMFADevice DetachGroupPolicy DetachRolePolicy
  DetachUserPolicy DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions
  DisableOutboundWebIdentityFederation EnableMFADevice EnableOrganizationsRootCredentialsManagement
  EnableOrganizationsRootSessions EnableOutboundWebIdentityFederation FetchCommonActions GenerateCredentialReport
  GenerateOrganizationsAccessReport GenerateServiceLastAccessedDetails GetAccessKeyLastUsed
  GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountProperties GetAccountSummary
  GetCloudFrontPublicKey GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy GetCredentialReport
  GetDelegationRequest GetGroup GetGroupPolicy GetHumanReadableSummary GetInstanceProfile GetLoginProfile
  GetMFADevice GetOpenIDConnectProvider GetOrganizationsAccessReport GetOutboundWebIdentityFederationInfo GetPolicy
  GetPolicyVersion GetRole GetRolePolicy GetRoleTemplateVersion GetSAMLProvider GetSSHPublicKey GetServerCertificate
  GetServiceLastAccessedDetails GetServiceLastAccessedDetailsWithEntities GetServiceLinkedRoleDeletionStatus GetUser
  GetUserPolicy ListAccessKeys ListAccountAliases ListAttachedGroupPolicies ListAttachedRolePolicies
  ListAttachedUserPolicies ListCloudFrontPublicKeys ListDelegationRequests ListEntitiesForPolicy ListGroupPolicies
  ListGroups ListGroupsForUser ListInstanceProfileTags ListInstanceProfiles ListInstanceProfilesForRole
  ListMFADeviceTags ListMFADevices ListOpenIDConnectProviderTags ListOpenIDConnectProviders
  ListOrganizationsFeatures ListPolicies ListPoliciesGrantingServiceAccess ListPolicyTags ListPolicyVersions
  ListRolePolicies ListRoleTags ListRoles ListSAMLProviderTags ListSAMLProviders ListSSHPublicKeys
  ListSTSRegionalEndpointsStatus ListServerCertificateTags ListServerCertificates ListServiceSpecificCredentials
  ListSigningCertificates ListUserPolicies ListUserTags ListUsers ListVirtualMFADevices PassRole
  PutAccountProperties PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary
  PutUserPolicy RejectDelegationRequest RemoveClientIDFromOpenIDConnectProvider RemoveRoleFromInstanceProfile
  RemoveUserFromGroup ResetServiceSpecificCredential ResyncMFADevice SendDelegationToken SetDefaultPolicyVersion
  SetSTSRegionalEndpointStatus SetSecurityTokenServicePreferences SimulateCustomPolicy SimulatePrincipalPolicy
  TagInstanceProfile TagMFADevice TagOpenIDConnectProvider TagPolicy TagRole TagSAMLProvider TagServerCertificate
  TagUser UntagInstanceProfile UntagMFADevice UntagOpenIDConnectProvider UntagPolicy UntagRole UntagSAMLProvider
  UntagServerCertificate UntagUser UpdateAccessKey UpdateAccountPasswordPolicy UpdateAssumeRolePolicy
  UpdateCloudFrontPublicKey UpdateDelegationRequest UpdateGroup UpdateLoginProfile UpdateOpenIDConnectProvider
  UpdateOpenIDConnectProviderThumbprint UpdateRole UpdateRoleDescription UpdateSAMLProvider UpdateSSHPublicKey
  UpdateServerCertificate UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser
  UploadCloudFrontPublicKey UploadSSHPublicKey UploadServerCertificate UploadSigningCertificate`;

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');
const named = (service: string, names: readonly string[]) => names.map((name) => `${service}:${name}`);

/** Lists the actions of the services that are known here. Most programs never ask. */
export function allActions(): readonly string[] {
  return [
    ...named(
      'kms',
      KMS.flatMap(([actions]) => words(actions)),
    ),
    ...named('ssm', words(SSM)),
    ...named('sts', words(STS)),
    ...named('iam', words(IAM)),
  ];
}

/** Returns the known actions that a pattern is about; `undefined` if its service is not known here. */
export function actionsOf(pattern: string): readonly string[] | undefined {
  if (!/^(\*|(kms|ssm|sts|iam):.*)$/is.test(pattern)) return undefined;
  const matches = glob(tokensOf(pattern.toLowerCase()));
  return allActions().filter((action) => matches(action.toLowerCase()));
}

/** Returns what an action of KMS is on; nothing for another service's. */
export function kmsResourcesOf(action: string): readonly string[] {
  return KMS.flatMap(([actions, on]) => (named('kms', words(actions)).includes(action) ? words(on) : []));
}

/** Condition keys by service; those that end in `:` or `/` go on with a name of the caller's. */
const KEYS: Readonly<Record<string, string>> = {
  kms: `${KMS.map(([, , keys]) => keys).join(' ')} ${COMMON}`,
  ssm: `AccessRequestId AutoApprove DocumentCategories DocumentType Overwrite Policies Recursive
    SessionDocumentAccessCheck SourceInstanceARN SyncType resourceTag/`,
  sts: `AWSServiceName DurationSeconds ExternalId IdentityTokenAudience RequestContext/ RequestContextProviders
    RoleSessionName SigningAlgorithm SourceIdentity TaskPolicyArn TransitiveTagKeys`,
  iam: `AssociatedResourceArn AWSServiceName DelegationDuration DelegationRequestOwner FIDO-FIPS-140-2-certification
    FIDO-FIPS-140-3-certification FIDO-certification NotificationChannel OrganizationsPolicyId PassedToService
    PermissionsBoundary PolicyARN RegisterSecurityKey ResourceTag/ ServiceSpecificCredentialAgeDays
    ServiceSpecificCredentialServiceName TemplateArn`,
  aws: `AssumedRoot CalledVia CalledViaFirst CalledViaLast ChatbotSourceArn CurrentTime Ec2InstanceSourcePrivateIPv4
    Ec2InstanceSourceVpc EpochTime FederatedProvider MultiFactorAuthAge MultiFactorAuthPresent PrincipalAccount
    PrincipalArn PrincipalIsAWSService PrincipalOrgID PrincipalOrgPaths PrincipalServiceName PrincipalServiceNamesList
    PrincipalTag/ PrincipalType Referer RequestTag/ RequestedRegion ResourceAccount ResourceOrgID ResourceOrgPaths
    ResourceTag/ SecureTransport SignInSessionArn SourceAccount SourceArn SourceIdentity SourceIp SourceOrgID
    SourceOrgPaths SourceVpc SourceVpcArn SourceVpce TagKeys TokenIssueTime UserAgent UserId Username ViaAWSService
    VpcSourceIp VpceAccount VpceOrgID VpceOrgPaths`,
};

/** Condition keys that have several values. */
export const MULTIVALUED: ReadonlySet<string> = new Set(
  words(`kms:encryptioncontextkeys kms:grantoperations kms:resourcealiases sts:transitivetagkeys aws:calledvia aws:tagkeys
    aws:principalorgpaths aws:principalservicenameslist aws:resourceorgpaths aws:sourceorgpaths aws:vpceorgpaths`),
);

/** The actions of ssm that alone have a condition key. */
const OF_SSM: Readonly<Record<string, string>> = {
  'ssm:overwrite': 'ssm:PutParameter',
  'ssm:policies': 'ssm:PutParameter',
  'ssm:recursive': 'ssm:GetParametersByPath',
};

/** Whether a condition key exists; `undefined` if its service is not known here. */
export function isKnownKey(key: string): boolean | undefined {
  const [service = '', ...rest] = key.toLowerCase().split(':');
  const known = Object.hasOwn(KEYS, service) ? KEYS[service] : undefined;
  return known === undefined ? undefined : words(known).some((name) => isOrBegins(rest.join(':'), name.toLowerCase()));
}

/** Whether requests of an action can have a condition key; `undefined` if that is not known here. */
export function mayHave(action: string, key: string): boolean | undefined {
  const lower = key.toLowerCase();
  if (lower.startsWith('ssm:')) return Object.hasOwn(OF_SSM, lower) ? OF_SSM[lower] === action : undefined;
  if (!lower.startsWith('kms:') || isKnownKey(key) !== true) return undefined;
  const row = KMS.find(([actions]) => named('kms', words(actions)).includes(action));
  if (row === undefined) return false;
  const [, on, own] = row;
  const names = words(on === 'none' ? own : `${own} ${COMMON}`);
  return names.some((name) => isOrBegins(lower.slice('kms:'.length), name.toLowerCase()));
}

function isOrBegins(text: string, name: string): boolean {
  return /[:/]$/.test(name) ? text.startsWith(name) && text.length > name.length : text === name;
}
