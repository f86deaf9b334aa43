"""template.yaml, deployed through CloudFormation as `aws cloudformation deploy` does it."""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations import NotAsTold, expect, wait_for

STACK = "origin-guard"
_CODE_BUCKET = "example-deployments"
_CODE_KEY = "origin-guard.zip"


@dataclass(frozen=True)
class Deployment:
    """What the stack says about itself."""

    outputs: dict[str, str]
    resources: int
    zipped_bytes: int

    @property
    def function(self) -> str:
        return self.outputs["FunctionName"]


def deploy(aws: Any, template: Path, bootstrap: Path, parameters: dict[str, str]) -> Deployment:
    """Packages the binary, makes a change set of the template, executes it."""
    code = _zipped(bootstrap)
    aws.s3.create_bucket(Bucket=_CODE_BUCKET)
    aws.s3.put_object(Bucket=_CODE_BUCKET, Key=_CODE_KEY, Body=code)
    name = {"StackName": STACK, "ChangeSetName": "story"}
    aws.cloudformation.create_change_set(
        **name,
        ChangeSetType="CREATE",
        TemplateBody=_packaged(template.read_text()),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    wait_for("the change set", 60, lambda: _ended(aws.cloudformation.describe_change_set(**name)))
    aws.cloudformation.execute_change_set(**name)
    stack = wait_for("the stack", 60, lambda: _ended(aws.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]))
    _check(aws, stack)
    resources = aws.cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    aws.waiter("lambda", "function_active_v2").wait(
        FunctionName=outputs["FunctionName"], WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    return Deployment(outputs, len(resources), len(code))


def log(aws: Any, deployment: Deployment) -> str:
    """The function's log, all of it."""
    group = deployment.outputs["LogGroupName"]
    streams = aws.logs.describe_log_streams(logGroupName=group)["logStreams"]
    events = [
        event
        for stream in streams
        for event in aws.logs.get_log_events(
            logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
        )["events"]
    ]
    return "\n".join(event["message"].rstrip() for event in sorted(events, key=lambda event: event["timestamp"]))


def _packaged(template: str) -> str:
    """What `sam package` does: the folder of the code becomes its ZIP in S3."""
    packaged, times = re.subn(
        r"^(\s+CodeUri:) \.$", rf"\1 s3://{_CODE_BUCKET}/{_CODE_KEY}", template, flags=re.MULTILINE
    )
    expect(times == 1, "one `CodeUri: .` in template.yaml", times)
    return packaged


def _zipped(bootstrap: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        file.writestr(entry, bootstrap.read_bytes())
    return archive.getvalue()


def _ended(described: dict[str, Any]) -> dict[str, Any] | None:
    status = described.get("StackStatus") or described["Status"]
    if status == "REVIEW_IN_PROGRESS" or not status.endswith(("_IN_PROGRESS", "_PENDING")):
        if status == "FAILED":
            raise NotAsTold(f"the change set failed: {described.get('StatusReason')}")
        return described if status != "REVIEW_IN_PROGRESS" else None
    return None


def _check(aws: Any, stack: dict[str, Any]) -> None:
    if stack["StackStatus"] == "CREATE_COMPLETE":
        return
    events = aws.cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    reasons = [
        f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in events
        if event.get("ResourceStatusReason")
    ]
    raise NotAsTold(f"the stack is {stack['StackStatus']}: " + "; ".join(reasons))
