"""CodePipeline's part: artifacts, jobs with their own credentials, asynchronous invocations."""

import io
import json
import re
import urllib.parse
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployment import Deployment
from expectations import expect, wait_for
from processes import ACCOUNT, JobDouble

_ARTIFACT_BUCKET = "example-pipeline-artifacts"
_CANDIDATE = "distribution.json"
_ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Answered:
    """What the function answered to CodePipeline."""

    job: str
    succeeded: bool
    result: dict[str, Any]

    @property
    def message(self) -> str:
        """What CodePipeline's console shows."""
        if self.succeeded:
            return str(self.result.get("executionDetails", {}).get("summary", ""))
        return str(self.result["failureDetails"]["message"])

    @property
    def report_key(self) -> str:
        """The stored report without its extension, which the external execution ID leads to."""
        details = self.result["executionDetails" if self.succeeded else "failureDetails"]
        link = urllib.parse.unquote(str(details.get("externalExecutionId")))
        found = re.search(r"reports/[^?&#\s]+?(?=\.(md|json)\b|$)", link)
        expect(found is not None, "an external execution ID that leads to the report", link)
        return found[0] if found else ""


class Pipeline:
    """A pipeline whose role may read its artifacts, and nothing else."""

    def __init__(self, aws: Any, double: JobDouble, deployment: Deployment) -> None:
        self._aws, self._double, self._deployment = aws, double, deployment
        aws.s3.create_bucket(Bucket=_ARTIFACT_BUCKET)
        self._credentials = _artifact_credentials(aws)

    def run(self, distribution: str, candidate: dict[str, Any], **parameters: str) -> Answered:
        """Hands the candidate to the function as a job, and waits for the answer."""
        parameters = {"distribution": distribution, "candidate": _CANDIDATE, **parameters}
        job = self._double.control(
            "jobs",
            {
                "userParameters": json.dumps(parameters),
                "artifact": {"bucket": _ARTIFACT_BUCKET, "key": self._store(candidate)},
                **self._credentials,
            },
        )
        name = job["CodePipeline.job"]["id"]
        accepted = self._aws.lambda_.invoke(
            FunctionName=self._deployment.function, InvocationType="Event", Payload=json.dumps(job)
        )
        expect(accepted["StatusCode"] == 202, "Lambda to take the job", accepted["StatusCode"])
        answer = wait_for(f"the answer to job {name}", _ANSWER_SECONDS, lambda: self._answer(name))
        return Answered(name, answer["state"] == "Succeeded", answer["result"])

    def _answer(self, job: str) -> dict[str, Any] | None:
        answer = self._double.control(f"jobs/{job}")
        return None if answer["state"] == "InProgress" else answer

    def _store(self, candidate: dict[str, Any]) -> str:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("README.md", "The site's configuration.\n")
            file.writestr(_CANDIDATE, json.dumps(candidate, indent=2))
        key = f"example/SourceOutp/{uuid.uuid4().hex[:7]}.zip"
        self._aws.s3.put_object(Bucket=_ARTIFACT_BUCKET, Key=key, Body=archive.getvalue())
        return key


def copy_report(aws: Any, deployment: Deployment, key: str, folder: Path, name: str) -> dict[str, Any]:
    """Copies a stored report, JSON and Markdown, and gives the JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    for extension in ("json", "md"):
        stored = aws.s3.get_object(Bucket=deployment.outputs["ReportBucketName"], Key=f"{key}.{extension}")
        (folder / f"{name}.{extension}").write_bytes(stored["Body"].read())
    return json.loads((folder / f"{name}.json").read_text())


def _artifact_credentials(aws: Any) -> dict[str, str]:
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{_ARTIFACT_BUCKET}/*"}
    role = aws.iam.create_role(RoleName="example-pipeline", AssumeRolePolicyDocument=_policy(trust))["Role"]
    aws.iam.put_role_policy(RoleName="example-pipeline", PolicyName="artifacts", PolicyDocument=_policy(read))
    got = aws.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="job")["Credentials"]
    return {
        "accessKeyId": got["AccessKeyId"],
        "secretAccessKey": got["SecretAccessKey"],
        "sessionToken": got["SessionToken"],
    }


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
