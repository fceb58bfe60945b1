"""Drives boto3 against the endpoint that the environment names, and prints what came back as JSON."""

import json

import boto3
from botocore.exceptions import ClientError

kms = boto3.client("kms")
ssm = boto3.client("ssm")
found = {}


def refusal(call, **request):
    try:
        call(**request)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]
    return None


key = kms.create_key(Description="größe", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]
key_id = key["KeyId"]
found["created"] = str(type(key["CreationDate"]).__name__)
kms.create_alias(AliasName="alias/boto", TargetKeyId=key_id)
context = {"tenant": "größe", "empty": ""}
blob = kms.encrypt(KeyId="alias/boto", Plaintext=b"\x00text", EncryptionContext=context)["CiphertextBlob"]
opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)
found["opened"] = [opened["Plaintext"].hex(), opened["KeyId"] == key["Arn"]]
found["unbound"] = refusal(kms.decrypt, CiphertextBlob=blob)
data_key = kms.generate_data_key(KeyId=key_id, NumberOfBytes=32, EncryptionContext=context, GrantTokens=[])
found["data key"] = kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"], EncryptionContext=context)["Plaintext"] == data_key["Plaintext"]
found["random"] = len(kms.generate_random(NumberOfBytes=7)["Plaintext"])
found["tags"] = kms.list_resource_tags(KeyId=key_id)["Tags"]
found["too long"] = refusal(kms.generate_random, NumberOfBytes=1025)
hmac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
mac = kms.generate_mac(KeyId=hmac, MacAlgorithm="HMAC_SHA_256", Message=b"m")["Mac"]
found["mac"] = kms.verify_mac(KeyId=hmac, MacAlgorithm="HMAC_SHA_256", Message=b"m", Mac=mac)["MacValid"]
found["hmac rotates"] = kms.get_key_rotation_status(KeyId=hmac)["KeyRotationEnabled"]
kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
kms.rotate_key_on_demand(KeyId=key_id)
found["rotation"] = kms.get_key_rotation_status(KeyId=key_id)["RotationPeriodInDays"]
found["after rotation"] = kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"].hex()
kms.disable_key(KeyId=key_id)
found["disabled"] = refusal(kms.encrypt, KeyId=key_id, Plaintext=b"x")[0]
kms.enable_key(KeyId=key_id)
found["keys"] = sum(len(page["Keys"]) for page in kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1}))
found["aliases"] = [alias["AliasName"] for page in kms.get_paginator("list_aliases").paginate() for alias in page["Aliases"]]

for i in range(25):
    ssm.put_parameter(Name=f"/boto/p{i:02}", Value=f"v{i}", Type="SecureString", KeyId="alias/boto")
pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/boto", WithDecryption=True)
found["by path"] = [parameter["Value"] for page in pages for parameter in page["Parameters"]]
found["described"] = sum(len(page["Parameters"]) for page in ssm.get_paginator("describe_parameters").paginate(PaginationConfig={"PageSize": 7}))
put = ssm.put_parameter(Name="/boto/p00", Value="ü" * 3000, Type="SecureString", Overwrite=True, Tier="Intelligent-Tiering")
found["put"] = [put["Version"], put["Tier"]]
found["downgrade"] = refusal(ssm.put_parameter, Name="/boto/p00", Value="x", Type="SecureString", Overwrite=True, Tier="Standard")[0]
ssm.label_parameter_version(Name="/boto/p00", Labels=["prod"])
found["labelled"] = ssm.get_parameter(Name="/boto/p00:prod")["Parameter"]["Selector"]
found["history"] = [entry["Version"] for page in ssm.get_paginator("get_parameter_history").paginate(Name="/boto/p00") for entry in page["Parameters"]]
found["none"] = refusal(ssm.get_parameter, Name="/none")[0]
found["exists"] = refusal(ssm.put_parameter, Name="/boto/p01", Value="x", Type="String")[0]
found["deleted"] = len(ssm.delete_parameters(Names=[f"/boto/p{i:02}" for i in range(10)])["DeletedParameters"])
found["setting"] = ssm.get_service_setting(SettingId="/ssm/parameter-store/default-parameter-tier")["ServiceSetting"]["SettingValue"]
found["caller"] = boto3.client("sts").get_caller_identity()["Arn"]
print(json.dumps(found))
