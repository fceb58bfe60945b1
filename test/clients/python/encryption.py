"""Runs the AWS Encryption SDK for Python: `encrypt KEY` and `decrypt KEY` take standard input, `open KEY` a message in base64 on each line.

KEY is an ARN, several with commas between, either after `provider:` for the older master key providers, or `discovery`.
"""

import base64
import sys

import boto3
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsDiscoveryKeyringInput,
    CreateAwsKmsKeyringInput,
    CreateAwsKmsMultiKeyringInput,
)
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient, StrictAwsKmsMasterKeyProvider

client = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
context = {"tenant": "größe"}


def keys_of(word):
    """Gives the keyring, or the master key provider, as the argument that takes it."""
    if word.startswith("provider:"):
        return {"key_provider": StrictAwsKmsMasterKeyProvider(key_ids=word.removeprefix("provider:").split(","))}
    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
    if word == "discovery":
        asked = CreateAwsKmsDiscoveryKeyringInput(kms_client=boto3.client("kms"))
        return {"keyring": providers.create_aws_kms_discovery_keyring(input=asked)}
    generator, *others = word.split(",")
    if others:
        asked = CreateAwsKmsMultiKeyringInput(generator=generator, kms_key_ids=others)
        return {"keyring": providers.create_aws_kms_multi_keyring(input=asked)}
    asked = CreateAwsKmsKeyringInput(kms_key_id=generator, kms_client=boto3.client("kms"))
    return {"keyring": providers.create_aws_kms_keyring(input=asked)}


def decrypt(message):
    return client.decrypt(source=message, encryption_context=context, **keys)[0]


what, keys = sys.argv[1], keys_of(sys.argv[2])
source = sys.stdin.buffer.read()
if what == "open":
    for line in source.splitlines():
        print(base64.b64encode(decrypt(base64.b64decode(line))).decode())
elif what == "decrypt":
    sys.stdout.buffer.write(decrypt(source))
else:
    sys.stdout.buffer.write(client.encrypt(source=source, encryption_context=context, **keys)[0])
