"""Encrypts or decrypts standard input with the AWS Encryption SDK for Python: `encrypt ARN` and `decrypt ARN`, or `discovery` for an ARN."""

import sys

import boto3
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsDiscoveryKeyringInput, CreateAwsKmsKeyringInput
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient

what, key = sys.argv[1:3]
providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
kms = boto3.client("kms")
keyring = (
    providers.create_aws_kms_discovery_keyring(input=CreateAwsKmsDiscoveryKeyringInput(kms_client=kms))
    if key == "discovery"
    else providers.create_aws_kms_keyring(input=CreateAwsKmsKeyringInput(kms_key_id=key, kms_client=kms))
)
client = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
source = sys.stdin.buffer.read()
context = {"tenant": "größe"}
result, _ = (
    client.encrypt(source=source, keyring=keyring, encryption_context=context)
    if what == "encrypt"
    else client.decrypt(source=source, keyring=keyring, encryption_context=context)
)
sys.stdout.buffer.write(result)
