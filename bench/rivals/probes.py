"""What a server does of KMS and Parameter Store, asked through boto3: the same questions to every server.

probes.py all            prints {probe: [whether it holds, a note]} as JSON
probes.py write          makes a key, a ciphertext and a parameter, and prints what is needed to find them again
probes.py read STATE     says whether they are there after a restart
"""

import base64
import hashlib
import json
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

SETTINGS = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
CONTEXT = {"app": "shop", "Stage": "prod"}
SECRET = b"correct horse battery staple"
MAX_NOTE = 160


def client(service, region="us-east-1"):
    return boto3.client(service, region_name=region, config=SETTINGS)


kms = client("kms")
ssm = client("ssm")


def new_key(**options):
    return kms.create_key(**options)["KeyMetadata"]["KeyId"]


def refused(call, *args, **options):
    try:
        call(*args, **options)
        return False
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"] < 500


def named(checks):
    """Holds if all checks do; the note names those that do not."""
    wrong = [name for name, holds in checks if not holds]
    return [not wrong, ", ".join(wrong)]


def plaintext_hidden():
    blob = kms.encrypt(KeyId=new_key(), Plaintext=SECRET)["CiphertextBlob"]
    shown = SECRET in blob or base64.b64encode(SECRET).rstrip(b"=")[:-1] in blob
    return [not shown, "the plaintext is in the blob" if shown else ""]


def bit_flips():
    blob = kms.encrypt(KeyId=new_key(), Plaintext=SECRET, EncryptionContext=CONTEXT)["CiphertextBlob"]
    opened = 0
    for bit in range(8 * len(blob)):
        changed = bytearray(blob)
        changed[bit // 8] ^= 1 << bit % 8
        opened += not refused(kms.decrypt, CiphertextBlob=bytes(changed), EncryptionContext=CONTEXT)
    return [opened == 0, f"{opened} of {8 * len(blob)} open" if opened else ""]


def context_bound():
    key = new_key()
    blob = kms.encrypt(KeyId=key, Plaintext=SECRET, EncryptionContext=CONTEXT)["CiphertextBlob"]
    joined = kms.encrypt(KeyId=key, Plaintext=SECRET, EncryptionContext={"a": "bc"})["CiphertextBlob"]

    def opens(context, sealed=blob):
        return not refused(kms.decrypt, CiphertextBlob=sealed, EncryptionContext=context)

    return named([
        ("another value opens", not opens({**CONTEXT, "Stage": "test"})),
        ("no context opens", not opens({})),
        ("another case opens", not opens({"app": "shop", "stage": "prod"})),
        ("another order is refused", opens(dict(reversed(CONTEXT.items())))),
        ("{ab: c} opens what {a: bc} sealed", not opens({"ab": "c"}, joined)),
    ])


def key_states():
    key = new_key()
    blob = kms.encrypt(KeyId=key, Plaintext=SECRET)["CiphertextBlob"]
    checks = []
    for state, change in [("disabled", kms.disable_key), ("pending deletion", kms.schedule_key_deletion)]:
        change(KeyId=key)
        checks.append((f"encrypts while {state}", refused(kms.encrypt, KeyId=key, Plaintext=SECRET)))
        checks.append((f"decrypts while {state}", refused(kms.decrypt, CiphertextBlob=blob)))
    return named(checks)


def rotation():
    key = new_key()
    before = kms.encrypt(KeyId=key, Plaintext=SECRET)["CiphertextBlob"]
    kms.rotate_key_on_demand(KeyId=key)
    after = kms.encrypt(KeyId=key, Plaintext=SECRET)["CiphertextBlob"]
    return named([
        ("the old blob is lost", kms.decrypt(CiphertextBlob=before)["Plaintext"] == SECRET),
        ("the new blob is lost", kms.decrypt(CiphertextBlob=after)["Plaintext"] == SECRET),
        ("no rotation is listed", len(kms.list_key_rotations(KeyId=key)["Rotations"]) > 0),
    ])


def secure_string():
    key = new_key()
    ssm.put_parameter(Name="/probe/secret", Value=SECRET.decode(), Type="SecureString", KeyId=key)
    raw = ssm.get_parameter(Name="/probe/secret")["Parameter"]
    context = {"PARAMETER_ARN": raw["ARN"]}
    if SECRET.decode() in raw["Value"]:
        return [False, "the plaintext is in the stored value"]
    try:
        opened = kms.decrypt(CiphertextBlob=base64.b64decode(raw["Value"]), EncryptionContext=context)["Plaintext"]
    except (ClientError, ValueError) as error:
        return [False, f"Decrypt refuses it: {type(error).__name__ if isinstance(error, ValueError) else error.response['Error']['Code']}"]
    return [opened == SECRET, "" if opened == SECRET else "it opens to something else"]


def secure_string_needs_key():
    key = new_key()
    ssm.put_parameter(Name="/probe/locked", Value=SECRET.decode(), Type="SecureString", KeyId=key)
    kms.disable_key(KeyId=key)
    is_refused = refused(ssm.get_parameter, Name="/probe/locked", WithDecryption=True)
    return [is_refused, "" if is_refused else "it is read with a disabled key"]


def tiers():
    def put(name, length, tier, **more):
        return ssm.put_parameter(Name=name, Value="v" * length, Type="String", Tier=tier, **more)

    put("/probe/advanced", 5000, "Advanced")
    chosen = put("/probe/chosen", 5000, "Intelligent-Tiering").get("Tier")
    return named([
        ("4097 characters are Standard", refused(put, "/probe/long", 4097, "Standard")),
        ("8193 characters are Advanced", refused(put, "/probe/longer", 8193, "Advanced")),
        ("Advanced becomes Standard", refused(put, "/probe/advanced", 10, "Standard", Overwrite=True)),
        ("Intelligent-Tiering chooses nothing", chosen == "Advanced"),
    ])


def data_keys():
    key = new_key()

    def length(**options):
        made = kms.generate_data_key(KeyId=key, EncryptionContext=CONTEXT, **options)
        opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)["Plaintext"]
        return len(made["Plaintext"]) if opened == made["Plaintext"] else None

    return named([
        ("AES_256 is not 32 bytes", length(KeySpec="AES_256") == 32),
        ("AES_128 is not 16 bytes", length(KeySpec="AES_128") == 16),
        ("24 bytes are not 24", length(NumberOfBytes=24) == 24),
        ("both ways at once are taken", refused(kms.generate_data_key, KeyId=key, KeySpec="AES_256", NumberOfBytes=32)),
    ])


def imported_material():
    key = new_key(Origin="EXTERNAL")

    def put(material):
        offer = kms.get_parameters_for_import(
            KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
        )
        kms.import_key_material(
            KeyId=key,
            ImportToken=offer["ImportToken"],
            EncryptedKeyMaterial=rsa_oaep(offer["PublicKey"], material),
            ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
        )

    put(b"k" * 32)
    blob = kms.encrypt(KeyId=key, Plaintext=SECRET)["CiphertextBlob"]
    kms.delete_imported_key_material(KeyId=key)
    without = refused(kms.decrypt, CiphertextBlob=blob)
    other = refused(put, b"o" * 32)
    put(b"k" * 32)
    return named([
        ("decrypts without material", without),
        ("other material is taken", other),
        ("the same material does not open", kms.decrypt(CiphertextBlob=blob)["Plaintext"] == SECRET),
    ])


def partitions():
    checks = []
    for region, partition in [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]:
        arn = client("kms", region).create_key()["KeyMetadata"]["Arn"]
        checks.append((f"{region}: {':'.join(arn.split(':')[:4])}", arn.startswith(f"arn:{partition}:kms:{region}:")))
    there = client("kms", "eu-west-1").create_key()["KeyMetadata"]["KeyId"]
    checks.append(("a key is in every Region", refused(kms.describe_key, KeyId=there)))
    return named(checks)


def signatures():
    checks = []
    for spec, algorithm in [("RSA_2048", "RSASSA_PSS_SHA_256"), ("ECC_NIST_P256", "ECDSA_SHA_256")]:
        key = new_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")
        same = {"KeyId": key, "Message": SECRET, "SigningAlgorithm": algorithm}
        signature = kms.sign(**same)["Signature"]
        checks.append((f"{spec} does not verify", kms.verify(Signature=signature, **same)["SignatureValid"]))
        wrong = bytes([signature[0] ^ 1]) + signature[1:]
        checks.append((f"{spec}: a wrong signature is not refused", refused(kms.verify, Signature=wrong, **same)))
    return named(checks)


def replicas():
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=SECRET)["CiphertextBlob"]
    kms.replicate_key(KeyId=key, ReplicaRegion="eu-west-1")
    opened = client("kms", "eu-west-1").decrypt(CiphertextBlob=blob)["Plaintext"]
    return [opened == SECRET, ""]


def grants():
    key = new_key()
    kms.create_grant(KeyId=key, GranteePrincipal="arn:aws:iam::111122223333:role/app", Operations=["Decrypt"])
    return named([("none is listed", len(kms.list_grants(KeyId=key)["Grants"]) == 1)])


def write():
    key = new_key()
    blob = kms.encrypt(KeyId=key, Plaintext=SECRET)["CiphertextBlob"]
    ssm.put_parameter(Name="/probe/kept", Value=SECRET.decode(), Type="SecureString", KeyId=key, Overwrite=True)
    return {"blob": base64.b64encode(blob).decode()}


def read(state):
    blob = base64.b64decode(state["blob"])
    got = ssm.get_parameter(Name="/probe/kept", WithDecryption=True)["Parameter"]["Value"]
    return named([
        ("the key is lost", kms.decrypt(CiphertextBlob=blob)["Plaintext"] == SECRET),
        ("the parameter is lost", got == SECRET.decode()),
    ])


def rsa_oaep(public_key, message):
    """RFC 8017, RSAES-OAEP with SHA-256, for a public key in SPKI: so that no further package is needed."""
    modulus, exponent = (int.from_bytes(part, "big") for part in integers_of(public_key))
    size = (modulus.bit_length() + 7) // 8
    block = hashlib.sha256(b"").digest() + bytes(size - len(message) - 66) + b"\1" + message
    seed = os.urandom(32)
    masked = xor(block, mask(seed, len(block)))
    padded = b"\0" + xor(seed, mask(masked, 32)) + masked
    return pow(int.from_bytes(padded, "big"), exponent, modulus).to_bytes(size, "big")


def mask(seed, length):
    blocks = (hashlib.sha256(seed + i.to_bytes(4, "big")).digest() for i in range(-(-length // 32)))
    return b"".join(blocks)[:length]


def xor(left, right):
    return bytes(a ^ b for a, b in zip(left, right))


def integers_of(der):
    """The modulus and the exponent: the two integers at the end of an RSA public key in DER."""
    found, at = [], 0
    while at < len(der) and len(found) < 2:
        tag, length, at = der[at], der[at + 1], at + 2
        if length > 128:
            width = length - 128
            length, at = int.from_bytes(der[at : at + width], "big"), at + width
        if tag == 0x02:
            found.append(der[at : at + length])
        # Sequences and the bit string with its byte of unused bits are entered; all else is passed over.
        at += 0 if tag == 0x30 and found == [] and not is_algorithm(der, at) else 1 if tag == 0x03 else length
    return found


def is_algorithm(der, at):
    return der[at] == 0x06


PROBES = [
    plaintext_hidden,
    bit_flips,
    context_bound,
    key_states,
    rotation,
    secure_string,
    secure_string_needs_key,
    tiers,
    data_keys,
    imported_material,
    partitions,
    signatures,
    replicas,
    grants,
]


def asked(probe, *args):
    """A probe that ends with an error does not hold, and the error is its note."""
    try:
        holds, note = probe(*args)
    except ClientError as error:
        holds, note = False, f"{error.operation_name}: {error.response['Error']['Code']}"
    except (BotoCoreError, KeyError, ValueError) as error:
        holds, note = False, f"{type(error).__name__}: {error}"
    return [holds, " ".join(note.split())[:MAX_NOTE]]


if sys.argv[1] == "write":
    print(json.dumps(write()))
elif sys.argv[1] == "read":
    print(json.dumps({"restart": asked(read, json.loads(sys.argv[2]))}))
else:
    print(json.dumps({probe.__name__: asked(probe) for probe in PROBES}))
