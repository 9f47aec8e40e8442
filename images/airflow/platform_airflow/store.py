"""The object store by the key of the pod."""

import os

import boto3
from botocore.config import Config


def store():  # noqa: ANN201, boto3 makes its classes at run time
    return boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT"],
        region_name=os.environ["S3_REGION"],
        aws_access_key_id=os.environ["S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["S3_SECRET_KEY"],
        verify=os.environ["S3_CA"],
        config=Config(s3={"addressing_style": "path"}),
    )
