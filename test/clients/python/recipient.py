"""Opens and makes messages of recipients with the AWS Encryption SDK for Python: `encrypt NAME FILE` has the public key in FILE, `decrypt NAME FILE` the private one. Both take standard input."""

import sys

from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateRawRsaKeyringInput, PaddingScheme
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient

what, name, path = sys.argv[1:]
with open(path, "rb") as file:
    key = file.read()
asked = CreateRawRsaKeyringInput(
    key_namespace="securestring-recipient",
    key_name=name,
    padding_scheme=PaddingScheme.OAEP_SHA256_MGF1,
    **{"public_key" if what == "encrypt" else "private_key": key},
)
providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
keyring = providers.create_raw_rsa_keyring(input=asked)
client = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
source = sys.stdin.buffer.read()
result = client.encrypt(source=source, keyring=keyring) if what == "encrypt" else client.decrypt(source=source, keyring=keyring)
sys.stdout.buffer.write(result[0])
