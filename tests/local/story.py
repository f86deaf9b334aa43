"""Origin Guard, deployed from packaged.yaml into a local AWS: the story of five changes and a deletion.

`make run` calls this. It exits 0 if everything went as expected, and leaves nothing running.
"""

import argparse
import copy
import json
import platform
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import command_line
import deployment as stack
import screen
import trail
import website
from aws import Aws
from expectations import NotAsExpected, expect, wait_for
from pipeline import Answered, Pipeline, copy_report
from processes import OTHER_ACCOUNT, EdgePort, JobDouble, LocalAws

_ROOT = Path(__file__).parents[2]
_REPORTS = _ROOT / "target" / "story"


class Story:
    """The steps, in order."""

    def __init__(self, arguments: argparse.Namespace, double: JobDouble, local: LocalAws, edge: EdgePort) -> None:
        self._arguments, self._double, self._local, self._edge = arguments, double, local, edge
        self._aws = Aws(local.endpoint, local.certificate)
        self._deployment: stack.Deployment | None = None

    def play(self) -> None:
        deployment = self._deploy()
        site = self._create_site()
        pipeline = Pipeline(self._aws, self._double, deployment)
        live = website.live(self._aws, site)
        self._healthy_candidate_passes(pipeline, site, live)
        self._broken_candidate_is_refused(pipeline, site, live)
        self._repair_passes(pipeline, site, live)
        self._deployment_is_verified(pipeline, site, live)
        if self._arguments.command_line:
            self._rollout_ends_in_the_candidate(site, website.live(self._aws, site))
        self._bad_change_is_reported(site, website.live(self._aws, site))
        self._sweep_finds_a_deleted_bucket(site)
        violations = self._double.control("violations")
        expect(not violations, "no request that CodePipeline would refuse", violations)

    def log(self) -> str:
        return stack.log(self._aws, self._deployment) if self._deployment else "(nothing was deployed)"

    def _deploy(self) -> stack.Deployment:
        screen.step("packaged.yaml, made from template.yaml, is deployed with the real binary")
        began = time.monotonic()
        arguments = self._arguments
        parameters = {
            "Architecture": arguments.architecture,
            "ContractObjects": f"arn:aws:s3:::{website.CONTRACT_BUCKET}/*",
            # Narrower than the defaults: what the function needs must still be enough.
            "OriginBuckets": "arn:aws:s3:::example-*",
            "RolePath": "/platform/",
            "ReservedConcurrency": "5",
            "Edge": "on",
        }
        self._deployment = stack.deploy(self._aws, arguments.bootstrap, parameters)
        stack.set_variable(self._aws, self._deployment, "ORIGIN_GUARD_EDGE_ENDPOINT", self._edge.endpoint)
        took = time.monotonic() - began
        screen.good(f"stack {stack.STACK} is complete: {self._deployment.resources} resources in {took:.1f} s")
        screen.line(f"    function {self._deployment.function}, {self._deployment.zipped_bytes / 1e6:.1f} MB zipped")
        return self._deployment

    def _create_site(self) -> website.Website:
        screen.step("A site is there: buckets, an origin access control, a distribution")
        site = website.create(self._aws)
        screen.good(f"distribution {site.id}: default -> {website.SITE_BUCKET}, /media/* -> {website.MEDIA_BUCKET}")
        return site

    def _healthy_candidate_passes(self, pipeline: Pipeline, site: website.Website, live: dict[str, Any]) -> None:
        screen.step("The pipeline has a healthy candidate: the root object changes")
        candidate = copy.deepcopy(live)
        candidate["DistributionConfig"]["DefaultRootObject"] = "start.html"
        screen.line(f"checked against the contract {website.CONTRACT}, which the stack lets the function read")
        answer = self._run(pipeline, site, candidate, contract=website.CONTRACT)
        self._expect_pass(answer, "1-healthy")

    def _broken_candidate_is_refused(self, pipeline: Pipeline, site: website.Website, live: dict[str, Any]) -> None:
        screen.step("The media move to another bucket; the candidate misspells it and forgets a behavior")
        candidate = website.moved_media(live, website.MISSPELT_BUCKET, "media")
        answer = self._run(pipeline, site, candidate)
        expect(not answer.succeeded, "the job to fail", answer.message)
        failure = answer.result["failureDetails"]["type"]
        expect(failure == "JobFailed", "the failure type JobFailed", failure)
        report = self._report(answer, "2-broken", "block")
        subjects = {"missing-bucket": website.MISSPELT_BUCKET, "unknown-target-origin": "media"}
        for rule, subject in subjects.items():
            finding = next((finding for finding in report["findings"] if finding["rule"] == rule), None)
            expect(finding is not None, f"the finding {rule} in the report", report["summary"])
            expect(finding is not None and subject in finding["message"], f"{rule} to name {subject}", finding)
            expect(rule in answer.message and subject in answer.message, f"the job's message to name {rule}")
            remedy = finding["remediation"] if finding else ""
            expect(bool(remedy) and remedy in answer.message, f"the job's message to have the remedy of {rule}", remedy)
        screen.good("refused; both broken links are named, each with its remedy")

    def _repair_passes(self, pipeline: Pipeline, site: website.Website, live: dict[str, Any]) -> None:
        screen.step("The fix: the right bucket, and the behavior follows its origin")
        candidate = website.moved_media(live, website.NEW_MEDIA_BUCKET, "media-2026")
        answer = self._run(pipeline, site, candidate)
        self._expect_pass(answer, "3-repair")

    def _deployment_is_verified(self, pipeline: Pipeline, site: website.Website, live: dict[str, Any]) -> None:
        screen.step("The healthy candidate is deployed, and verified: CloudFront's edge is asked for each behavior")
        candidate = copy.deepcopy(live)
        config = candidate["DistributionConfig"]
        config["DefaultRootObject"] = "start.html"
        self._aws.s3.put_object(Bucket=website.SITE_BUCKET, Key="start.html", Body="<html>the site</html>")
        self._aws.cloudfront.update_distribution(Id=site.id, IfMatch=live["ETag"], DistributionConfig=config)
        del candidate["ETag"]
        answer = self._run(pipeline, site, candidate, mode="verify")
        self._expect_pass(answer, "4-verified")
        screen.step("The policy of the media's bucket is replaced by one for another distribution; then the bucket is deleted")
        website.let_in_another(self._aws, website.MEDIA_BUCKET)
        self._expect_edge(pipeline, site, candidate, "5-denied", "denied-by-origin")
        self._aws.s3.delete_bucket(Bucket=website.MEDIA_BUCKET)
        self._expect_edge(pipeline, site, candidate, "6-gone", "bucket-gone")
        website.restore(self._aws, site, website.MEDIA_BUCKET)
        screen.good("both are seen from outside, as viewers see them")

    def _expect_edge(
        self, pipeline: Pipeline, site: website.Website, candidate: dict[str, Any], name: str, outcome: str
    ) -> None:
        answer = self._run(pipeline, site, candidate, mode="verify")
        expect(not answer.succeeded, "the job to fail", answer.message)
        failure = answer.result["failureDetails"]["type"]
        expect(failure == "JobFailed", "the failure type JobFailed", failure)
        report = self._report(answer, name, "block")
        seen = {each["pathPattern"]: each["outcome"] for each in report["edge"]}
        expect(seen.get("/media/*") == outcome, f"{outcome} for /media/*", report["edge"])
        if outcome == "denied-by-origin":
            expect("s3:GetObject" in answer.message, "the missing statement", answer.message)

    def _bad_change_is_reported(self, site: website.Website, live: dict[str, Any]) -> None:
        screen.step("A user swaps the bucket in the console for one of another account; CloudTrail records it")
        assert self._deployment
        outputs = self._deployment.outputs
        self._aws.other_account().s3.create_bucket(Bucket=website.FOREIGN_BUCKET)
        inbox = trail.Inbox(self._aws, outputs["TopicArn"])
        changed = copy.deepcopy(live["DistributionConfig"])
        changed["Origins"]["Items"][1]["DomainName"] = website.domain_of(website.FOREIGN_BUCKET)
        event = trail.console_change(self._aws, site.id, changed, live["ETag"])
        trail.send(self._aws, outputs["AuditRuleName"], event)
        screen.line(f"UpdateDistribution of {site.id}: media -> {website.FOREIGN_BUCKET}, of {OTHER_ACCOUNT}")
        notification = inbox.read()
        screen.quote("What the topic's subscribers get", f"{notification['Subject']}\n\n{notification['Message']}")
        subject, message = notification["Subject"], notification["Message"]
        expect(len(subject) < 100 and site.id in subject, "a short subject with the distribution's ID", subject)
        user = event["detail"]["userIdentity"]["arn"].rsplit("/", 1)[-1]
        for named in ("foreign-bucket", website.FOREIGN_BUCKET, "console", user):
            expect(named in message, f"the notification to name {named}", message)
        trail.send(self._aws, outputs["AuditRuleName"], event)
        # Lambda's own line, when the function has returned: six jobs and two deliveries.
        wait_for("the end of the second delivery", 30, lambda: self.log().count("END RequestId:") >= 8 or None)
        expect(inbox.is_empty(), "no second notification of the same event")
        screen.good("reported once, although EventBridge delivered the event twice")

    def _sweep_finds_a_deleted_bucket(self, site: website.Website) -> None:
        screen.step("A bucket is deleted on a Friday; no distribution changes, and the next sweep finds it")
        name = website.SITE_BUCKET
        before = self._sweep()
        for kept in self._aws.s3.list_objects_v2(Bucket=name).get("Contents", []):
            self._aws.s3.delete_object(Bucket=name, Key=kept["Key"])
        self._aws.s3.delete_bucket(Bucket=name)
        screen.line(f"bucket {name} is deleted; {site.id} still has it as an origin")
        swept = self._sweep()
        expect(swept["stays"] == before["new"] + before["stays"], "what was there before to stay", (before, swept))
        assert self._deployment
        bucket, key = swept["report"].removeprefix("s3://").split("/", 1)
        digest = json.loads(self._aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        found = [finding for finding in digest["findings"] if finding["state"] == "new"]
        expect([finding["rule"] for finding in found] == ["missing-bucket"], "the finding missing-bucket", digest)
        expect(found[0]["distribution"] == site.id and name in found[0]["message"], f"it to name {name}", found)
        again = self._sweep()
        expect((again["new"], again["gone"]) == (0, 0), "nothing new and nothing gone in the sweep after that", again)
        screen.good(f"{swept['summary']}; reported once")

    def _sweep(self) -> dict[str, Any]:
        """What the schedule of the stack sends."""
        assert self._deployment
        event = json.dumps({"sweep": {"depth": "existence"}})
        answer = self._aws.lambda_.invoke(FunctionName=self._deployment.function, Payload=event)
        payload = json.loads(answer["Payload"].read())
        expect("FunctionError" not in answer, "the sweep to succeed", payload)
        screen.line(f"sweep: {payload.get('summary', payload)}")
        return payload

    def _rollout_ends_in_the_candidate(self, site: website.Website, live: dict[str, Any]) -> None:
        screen.step("The repair in three updates, as `origin-guard plan` writes them")
        candidate = website.moved_media(live, website.NEW_MEDIA_BUCKET, "media-2026")
        with tempfile.TemporaryDirectory() as folder:
            steps = command_line.plan(self._arguments.command_line, self._local, site.id, candidate, Path(folder))
            expect(len(steps) == 3, "three steps: origins, behaviors, removal", steps)
            for path in steps:
                config = json.loads(path.read_text())
                config = config.get("DistributionConfig", config)
                version = website.live(self._aws, site)["ETag"]
                self._aws.cloudfront.update_distribution(Id=site.id, IfMatch=version, DistributionConfig=config)
                screen.line(f"{path.name}: taken")
        now = website.live(self._aws, site)["DistributionConfig"]
        for part in ("Origins", "DefaultCacheBehavior", "CacheBehaviors"):
            expect(now[part] == candidate["DistributionConfig"][part], f"{part} as in the candidate", now[part])
        screen.good("taken in order; what is live now is the candidate")

    def _run(
        self, pipeline: Pipeline, site: website.Website, candidate: dict[str, Any], **parameters: str
    ) -> Answered:
        began = time.monotonic()
        answer = pipeline.run(site.id, candidate, **parameters)
        state = "Succeeded" if answer.succeeded else f"Failed ({answer.result['failureDetails']['type']})"
        screen.line(f"job {answer.job}: {state} after {time.monotonic() - began:.1f} s")
        screen.quote("What CodePipeline shows", answer.message)
        return answer

    def _expect_pass(self, answer: Answered, name: str) -> None:
        expect(answer.succeeded, "the job to succeed", answer.message)
        variables = answer.result.get("outputVariables", {})
        expect(variables.get("verdict") == "pass", "the output variable verdict=pass", variables)
        self._report(answer, name, "pass")
        screen.good("passed")

    def _report(self, answer: Answered, name: str, verdict: str) -> dict[str, Any]:
        assert self._deployment
        report = copy_report(self._aws, self._deployment, answer.report_key, _REPORTS, name)
        expect(report["schemaVersion"] == "1", "a report of schema version 1", report["schemaVersion"])
        expect(report["verdict"] == verdict, f"the report's verdict {verdict}", report["verdict"])
        screen.line(f"report: {(_REPORTS / name).relative_to(_ROOT)}.md and .json (stored as {answer.report_key})")
        return report


def main() -> int:
    arguments = _arguments()
    # At these signals, also from a terminal that closes, it ends what it has started. (`nohup` ignores SIGHUP.)
    for stop in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(stop) != signal.SIG_IGN:
            signal.signal(stop, lambda number, _: sys.exit(128 + number))
    screen.title("Origin Guard in a local AWS")
    try:
        with ExitStack() as at_the_end:
            folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="origin-guard-")))
            screen.step("A local AWS starts, with IAM enforced and over TLS; and CodePipeline's jobs beside it")
            double = at_the_end.enter_context(JobDouble(arguments.double, folder))
            local = at_the_end.enter_context(LocalAws(double, folder))
            screen.good(f"ministack at {local.endpoint}, aws-double at {double.endpoint}")
            edge = at_the_end.enter_context(EdgePort(local))
            _play(Story(arguments, double, local, edge), arguments, local)
    except NotAsExpected as error:
        screen.failure(str(error))
        return 1
    except (BotoCoreError, ClientError) as error:
        screen.failure(f"the local AWS refused a call: {error}")
        return 1
    except KeyboardInterrupt:
        screen.failure("interrupted")
        return 130
    screen.title(f"\nEverything went as expected, in {screen.elapsed()}; nothing is left running.")
    return 0


def _play(story: Story, arguments: argparse.Namespace, local: LocalAws) -> None:
    try:
        story.play()
    except Exception:
        screen.quote("The function's log", _log_of(story))
        screen.quote("The end of ministack's log", local.end_of_log())
        raise
    if arguments.verbose:
        screen.quote("The function's log", story.log())
    if arguments.keep:
        screen.line(f"\nThe local AWS stays up at {local.endpoint} until Ctrl-C.")
        signal.pause()


def _log_of(story: Story) -> str:
    """The log, or why there is none: the first failure may be that nothing answers."""
    try:
        return story.log()
    except Exception as error:
        return f"(not read: {error})"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bootstrap", type=_program, required=True, help="the function's binary")
    parser.add_argument("--double", type=_program, required=True, help="the binary aws-double")
    parser.add_argument("--command-line", type=_program, help="the binary origin-guard; then its rollout is applied, too")
    parser.add_argument("--architecture", choices=["x86_64", "arm64"], default=_machine(), help="of the binary")
    parser.add_argument("--verbose", action="store_true", help="print the function's log, too")
    parser.add_argument("--keep", action="store_true", help="keep the local AWS running at the end, until Ctrl-C")
    return parser.parse_args()


def _program(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is not a file")
    return path


def _machine() -> str:
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


if __name__ == "__main__":
    sys.exit(main())
