"""The Encryption SDK for Python, as a contestant: ../contestants.ts has the protocol. Arguments: the key, legacy or mpl."""

import base64
import sys
import time

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import (
    Algorithm,
    CommitmentPolicy,
    EncryptionKeyType,
    WrappingAlgorithm,
)
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider

key = bytes.fromhex(sys.argv[1])
client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
options = {
    "encryption_context": {"purpose": "bench"},
    "algorithm": Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
    "frame_length": 4096,
}


class OneKey(RawMasterKeyProvider):
    provider_id = "bench"

    def _get_raw_key(self, key_id):
        return WrappingKey(
            wrapping_algorithm=WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING,
            wrapping_key=key,
            wrapping_key_type=EncryptionKeyType.SYMMETRIC,
        )


def keys_of(kind):
    """Gives the keyring, or the master key provider, as the argument that takes it."""
    if kind == "legacy":
        provider = OneKey()
        provider.add_master_key("key-1")
        return {"key_provider": provider}
    from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
    from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
    from aws_cryptographic_material_providers.mpl.models import AesWrappingAlg, CreateRawAesKeyringInput

    asked = CreateRawAesKeyringInput(
        key_namespace="bench",
        key_name="key-1",
        wrapping_key=key,
        wrapping_alg=AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16,
    )
    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
    return {"keyring": providers.create_raw_aes_keyring(input=asked)}


keys = keys_of(sys.argv[2])


def seal(plaintext):
    return client.encrypt(source=plaintext, **options, **keys)[0]


def open_(message):
    return client.decrypt(source=message, **keys)[0]


def nanoseconds(work, data, calls):
    start = time.perf_counter_ns()
    for _ in range(calls):
        work(data)
    return (time.perf_counter_ns() - start) / calls


plaintext = message = b""
for line in sys.stdin:
    verb, word = line.split()
    if verb == "seal":
        plaintext = base64.b64decode(word)
        message = seal(plaintext)
        print(base64.b64encode(message).decode(), flush=True)
    elif verb == "open":
        print(base64.b64encode(open_(base64.b64decode(word))).decode(), flush=True)
    elif verb == "time-seal":
        print(nanoseconds(seal, plaintext, int(word)), flush=True)
    else:
        print(nanoseconds(open_, message, int(word)), flush=True)
