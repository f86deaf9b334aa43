"""Clients of the local AWS."""

from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from processes import ACCOUNT, OTHER_ACCOUNT, REGION

_CONFIG = Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=60, s3={"addressing_style": "path"})


class Aws:
    """An account of the local AWS, as its administrator: `aws.s3`, `aws.lambda_`, …"""

    def __init__(self, endpoint: str, certificate: Path, account: str = ACCOUNT) -> None:
        # ministack takes a 12-digit access key as that account's root.
        self._session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="test", region_name=REGION)
        self._endpoint, self._certificate = endpoint, certificate

    @cache  # noqa: B019 - lives as long as the story
    def client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._endpoint, verify=str(self._certificate), config=_CONFIG)

    def waiter(self, service: str, name: str) -> Any:
        return self.client(service).get_waiter(name)

    def __getattr__(self, service: str) -> Any:
        return self.client(service.rstrip("_"))

    def other_account(self) -> "Aws":
        return Aws(self._endpoint, self._certificate, OTHER_ACCOUNT)
