"""packaged.yaml, deployed through CloudFormation as `aws cloudformation deploy` does it."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations import NotAsExpected, wait_for

_ROOT = Path(__file__).parents[2]
sys.path.append(str(_ROOT / "tools"))
import package  # noqa: E402  (it is what `make package` runs)

STACK = "origin-guard"
_CODE_BUCKET = "example-deployments"
_CODE_PREFIX = "origin-guard/"


@dataclass(frozen=True)
class Deployment:
    """What the stack says about itself."""

    outputs: dict[str, str]
    resources: int
    zipped_bytes: int

    @property
    def function(self) -> str:
        return self.outputs["FunctionName"]


def deploy(aws: Any, bootstrap: Path, parameters: dict[str, str]) -> Deployment:
    """Packages the binary and the template, makes a change set of it, executes it."""
    code = _zipped(bootstrap)
    key = f"{_CODE_PREFIX}{package.version()}/bootstrap-{parameters['Architecture']}.zip"
    aws.s3.create_bucket(Bucket=_CODE_BUCKET)
    aws.s3.put_object(Bucket=_CODE_BUCKET, Key=key, Body=code)
    template = f"{_CODE_PREFIX}packaged.yaml"
    body = package.packaged((_ROOT / "template.yaml").read_text(), package.version())
    aws.s3.put_object(Bucket=_CODE_BUCKET, Key=template, Body=body.encode())
    parameters = {**parameters, "CodeBucket": _CODE_BUCKET, "CodePrefix": _CODE_PREFIX}
    name = {"StackName": STACK, "ChangeSetName": "story"}
    aws.cloudformation.create_change_set(
        **name,
        ChangeSetType="CREATE",
        # As `aws cloudformation deploy --s3-bucket` does it: as a part of the request it may have 51,200 bytes.
        TemplateURL=f"https://s3.amazonaws.com/{_CODE_BUCKET}/{template}",
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


def set_variable(aws: Any, deployment: Deployment, name: str, value: str) -> None:
    """A variable of the function that the template does not have, since only tests need it."""
    function = {"FunctionName": deployment.function}
    variables = aws.lambda_.get_function_configuration(**function)["Environment"]["Variables"]
    aws.lambda_.update_function_configuration(**function, Environment={"Variables": {**variables, name: value}})


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


def _zipped(bootstrap: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "bootstrap.zip"
        # A debug binary is large, and takes long to compress well.
        package.archive(bootstrap, archive, level=1)
        return archive.read_bytes()


def _ended(described: dict[str, Any]) -> dict[str, Any] | None:
    status = described.get("StackStatus") or described["Status"]
    if status == "REVIEW_IN_PROGRESS" or not status.endswith(("_IN_PROGRESS", "_PENDING")):
        if status == "FAILED":
            raise NotAsExpected(f"the change set failed: {described.get('StatusReason')}")
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
    raise NotAsExpected(f"the stack is {stack['StackStatus']}: " + "; ".join(reasons))
