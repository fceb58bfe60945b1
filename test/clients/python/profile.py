"""A profile that assumes a role, as boto3 finds it in the environment: prints what the session may do, as JSON."""

import json

import boto3
from botocore.exceptions import ClientError


def refusal(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    return None


ssm = boto3.client("ssm")
sts = boto3.client("sts")
print(
    json.dumps(
        {
            "caller": sts.get_caller_identity()["Arn"],
            "read": ssm.get_parameter(Name="/app/password", WithDecryption=True)["Parameter"]["Value"],
            "put": refusal(lambda: ssm.put_parameter(Name="/a", Value="b", Type="String")),
            "missing": refusal(
                lambda: sts.assume_role(RoleArn="arn:aws:iam::000000000000:role/none", RoleSessionName="s1")
            ),
        }
    )
)
