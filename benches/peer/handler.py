"""The guard as one would write it with boto3: the peer that `make bench` measures against.

The same two events, the same calls in the same waves, all of a wave at once. It judges a handful
of the rules, and answers, stores and publishes as the guard does.
"""

import html
import io
import json
import logging
import os
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# A thread and a connection for each origin of CloudFront's quota, and for what goes beside them.
AT_ONCE = 110

logger = logging.getLogger()
logger.setLevel(logging.INFO)

REPORT_BUCKET = os.environ.get("ORIGIN_GUARD_REPORT_BUCKET")
TOPIC_ARN = os.environ.get("ORIGIN_GUARD_TOPIC_ARN")
NOTIFY_PASS = os.environ.get("ORIGIN_GUARD_NOTIFY_PASS") == "true"

config = Config(max_pool_connections=AT_ONCE, retries={"mode": "standard"})
session = boto3.session.Session()
s3 = session.client("s3", config=config)
cloudfront = session.client("cloudfront", config=config)
codepipeline = session.client("codepipeline", config=config)
sns = session.client("sns", config=config)
pool = ThreadPoolExecutor(max_workers=AT_ONCE)

S3_DOMAIN = re.compile(
    r"^(?P<bucket>.+)\.s3(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$"
)
IDENTITY = "origin-access-identity/cloudfront/"


def handler(event, context):
    if "CodePipeline.job" in event:
        return gate(event["CodePipeline.job"])
    if event.get("source") == "aws.cloudfront":
        return audit(event)
    raise ValueError("an event of an unknown kind")


# The two stories.


def gate(job):
    try:
        succeeded, message, variables = judge_job(job)
    except Exception as error:
        logger.exception("job not judged")
        succeeded, message, variables = False, f"Could not judge: {error}", {}
    if succeeded:
        codepipeline.put_job_success_result(
            jobId=job["id"],
            executionDetails={"summary": message[:2048], "percentComplete": 100},
            outputVariables=variables,
        )
    else:
        codepipeline.put_job_failure_result(
            jobId=job["id"],
            failureDetails={"type": "JobFailed", "message": message[:5000]},
        )
    return variables


def judge_job(job):
    parameters = user_parameters(job)
    distribution = parameters["distribution"]
    artifact = pool.submit(read_artifact, job, parameters["candidate"])
    live = pool.submit(cloudfront.get_distribution, Id=distribution)
    last_good = pool.submit(read_last_good, distribution)
    details = pool.submit(codepipeline.get_job_details, jobId=job["id"])
    marker = pool.submit(claim, job["id"])

    candidate = artifact.result()
    candidate_etag = candidate.get("ETag")
    candidate = candidate.get("DistributionConfig", candidate)
    live = live.result()
    if candidate_etag and candidate_etag != live["ETag"]:
        raise ValueError(f"made from {candidate_etag}, but {live['ETag']} is live")
    baseline = last_good.result() or live["Distribution"]["DistributionConfig"]
    pipeline = details.result()["jobDetails"]["data"]["pipelineContext"]["pipelineName"]

    facts = gather(candidate, job["accountId"])
    findings = judge(candidate, baseline, facts)
    report = make_report("gate", distribution, findings, facts, {"pipeline": pipeline})
    url = store_report(report, distribution, job["id"]) if marker.result() else "not stored again"
    variables = {
        "verdict": report["verdict"],
        "summary": report["summary"],
        "findings": ", ".join(finding["rule"] for finding in findings) or "none",
        "report": url,
        "distribution": distribution,
    }
    logger.info(json.dumps({"job": job["id"], "verdict": report["verdict"]}))
    return not findings, f"{to_text(report)}\nReport: {url}", variables


def audit(event):
    detail = event["detail"]
    answer = (detail.get("responseElements") or {}).get("distribution") or {}
    asked = detail.get("requestParameters") or {}
    candidate = api_names(answer.get("distributionConfig") or asked["distributionConfig"])
    distribution = answer.get("id") or asked.get("id")
    etag = (detail.get("responseElements") or {}).get("eTag")

    marker = pool.submit(claim, detail["eventID"])
    last_good = pool.submit(read_last_good, distribution)
    facts = gather(candidate, event["account"])
    if not marker.result():
        return {"duplicate": detail["eventID"]}
    findings = judge(candidate, last_good.result(), facts)
    trigger = {"event": detail["eventName"], "errorCode": detail.get("errorCode")}
    report = make_report("audit", distribution, findings, facts, trigger)

    stored = pool.submit(store_report, report, distribution, detail["eventID"])
    if TOPIC_ARN and (findings or detail.get("errorCode") or NOTIFY_PASS):
        sns.publish(
            TopicArn=TOPIC_ARN,
            Subject=report["summary"][:99],
            Message=to_text(report),
        )
    reported = pool.submit(mark_reported, detail["eventID"])
    url = stored.result()
    if not findings and not detail.get("errorCode"):
        keep_last_good(distribution, etag)
    reported.result()
    logger.info(json.dumps({"event": detail["eventID"], "verdict": report["verdict"]}))
    return {"verdict": report["verdict"], "summary": report["summary"], "report": url}


# What is read.


def user_parameters(job):
    text = job["data"]["actionConfiguration"]["configuration"]["UserParameters"]
    return json.loads(text)


def read_artifact(job, path):
    credentials = job["data"]["artifactCredentials"]
    location = job["data"]["inputArtifacts"][0]["location"]["s3Location"]
    client = session.client(
        "s3",
        aws_access_key_id=credentials["accessKeyId"],
        aws_secret_access_key=credentials["secretAccessKey"],
        aws_session_token=credentials.get("sessionToken"),
        config=config,
    )
    answer = client.get_object(Bucket=location["bucketName"], Key=location["objectKey"])
    with zipfile.ZipFile(io.BytesIO(answer["Body"].read())) as archive:
        return json.loads(archive.read(path))


def read_last_good(distribution):
    try:
        answer = s3.get_object(Bucket=REPORT_BUCKET, Key=f"last-good/{distribution}.json")
    except s3.exceptions.NoSuchKey:
        return None
    return json.loads(answer["Body"].read())["DistributionConfig"]


def api_names(value):
    """CloudTrail writes the API's names with a small first letter."""
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: api_names(item) for key, item in value.items()}
    if isinstance(value, list):
        return [api_names(item) for item in value]
    return value


# What AWS says about the origins.


def gather(candidate, account):
    buckets, controls, identities = set(), set(), set()
    for origin in items(candidate, "Origins"):
        if match := S3_DOMAIN.match(origin["DomainName"]):
            buckets.add((match["bucket"], match["region"]))
        if control := origin.get("OriginAccessControlId"):
            controls.add(control)
        identity = (origin.get("S3OriginConfig") or {}).get("OriginAccessIdentity", "")
        if identity.startswith(IDENTITY):
            identities.add(identity.removeprefix(IDENTITY))
    asked = {
        ("bucket", name): pool.submit(bucket_and_policy, name, region, account)
        for name, region in buckets
    }
    asked |= {("encryption", name): pool.submit(encryption, name, account) for name, _ in buckets}
    asked |= {("control", id): pool.submit(access_control, id) for id in controls}
    asked |= {("identity", id): pool.submit(access_identity, id) for id in identities}
    return {subject: future.result() for subject, future in asked.items()}


def head_bucket(name, account):
    try:
        answer = s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)
    except ClientError as error:
        answer = error.response
    metadata = answer["ResponseMetadata"]
    region = metadata["HTTPHeaders"].get("x-amz-bucket-region")
    return {"status": metadata["HTTPStatusCode"], "region": region}


def bucket_and_policy(name, region, account):
    """Only the expected owner's bucket in this region answers with its policy, or that it has none."""
    try:
        answer = s3.get_bucket_policy(Bucket=name, ExpectedBucketOwner=account)
        policy = json.loads(answer["Policy"])
    except ClientError as error:
        if region is None or error.response["Error"]["Code"] != "NoSuchBucketPolicy":
            return head_bucket(name, account)
        policy = None
    return {"status": 200, "region": region, "policy": policy}


def encryption(name, account):
    try:
        answer = s3.get_bucket_encryption(Bucket=name, ExpectedBucketOwner=account)
    except ClientError:
        return None
    return answer["ServerSideEncryptionConfiguration"]


def access_control(id):
    try:
        answer = cloudfront.get_origin_access_control(Id=id)
    except cloudfront.exceptions.NoSuchOriginAccessControl:
        return None
    return answer["OriginAccessControl"]["OriginAccessControlConfig"]


def access_identity(id):
    try:
        cloudfront.get_cloud_front_origin_access_identity(Id=id)
    except cloudfront.exceptions.NoSuchCloudFrontOriginAccessIdentity:
        return False
    return True


# The rules.


def items(config, name):
    return (config.get(name) or {}).get("Items") or []


def judge(candidate, baseline, facts):
    findings = []

    def finding(rule, subject, message):
        findings.append({"rule": rule, "subject": subject, "message": message})

    origins = {origin["Id"]: origin for origin in items(candidate, "Origins")}
    groups = {group["Id"]: group for group in items(candidate, "OriginGroups")}
    for id, origin in origins.items():
        if match := S3_DOMAIN.match(origin["DomainName"]):
            bucket, fact = match["bucket"], facts["bucket", match["bucket"]]
            if fact["status"] == 404:
                finding("missing-bucket", id, f"there is no bucket `{bucket}`")
            elif fact["status"] == 403:
                finding("foreign-bucket", id, f"bucket `{bucket}` is not this account's")
            elif match["region"] and fact["region"] not in (None, match["region"]):
                finding("wrong-bucket-region", id, f"bucket `{bucket}` is in {fact['region']}")
        control = origin.get("OriginAccessControlId")
        if control and facts["control", control] is None:
            finding("unknown-origin-access-control", id, f"there is no `{control}`")
        elif control and facts["control", control]["SigningBehavior"] == "never":
            finding("unsigned-origin-access-control", id, f"`{control}` never signs")
        identity = (origin.get("S3OriginConfig") or {}).get("OriginAccessIdentity", "")
        identity = identity.removeprefix(IDENTITY)
        if identity and not facts.get(("identity", identity)):
            finding("unknown-origin-access-identity", id, f"there is no `{identity}`")
    for id, group in groups.items():
        for member in items(group, "Members"):
            if member["OriginId"] not in origins:
                finding("unknown-group-member", id, f"no origin `{member['OriginId']}`")
    before = {origin["Id"]: origin for origin in items(baseline or {}, "Origins")}
    behaviors = [("*", candidate["DefaultCacheBehavior"])]
    behaviors += [(item["PathPattern"], item) for item in items(candidate, "CacheBehaviors")]
    for path, behavior in behaviors:
        target = behavior["TargetOriginId"]
        if target not in origins and target not in groups:
            was = before.get(target)
            note = f"; it was {was['DomainName']} before" if was else ""
            finding("unknown-target-origin", path, f"no origin `{target}`{note}")
    return findings


# What is reported.


def make_report(mode, distribution, findings, facts, trigger):
    verdict = "block" if findings else "pass"
    first = f": {findings[0]['message']}" if findings else ""
    return {
        "schemaVersion": "1",
        "verdict": verdict,
        "summary": f"{distribution}: {verdict}{first}",
        "mode": mode,
        "judgedAt": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "distribution": {"id": distribution},
        "trigger": trigger,
        "findings": findings,
        "facts": [
            {"kind": kind, "subject": subject, "fact": fact}
            for (kind, subject), fact in sorted(facts.items())
        ],
    }


def to_text(report):
    lines = [report["summary"], ""]
    for item in report["findings"]:
        lines.append(f"- {item['rule']} at {item['subject']}: {item['message']}")
    return "\n".join(lines)


def to_html(report):
    return f"<!doctype html><title>Report</title><pre>{html.escape(to_text(report))}</pre>"


def store_report(report, distribution, trigger):
    key = f"reports/{distribution}/{report['judgedAt'].replace(':', '-')}-{trigger[:8]}"
    markdown = pool.submit(put, f"{key}.md", "text/markdown; charset=utf-8", to_text(report))
    page = pool.submit(put, f"{key}.html", "text/html; charset=utf-8", to_html(report))
    put(f"{key}.json", "application/json", json.dumps(report, indent=2))
    markdown.result()
    page.result()
    return f"s3://{REPORT_BUCKET}/{key}.json"


def put(key, content_type, text):
    s3.put_object(Bucket=REPORT_BUCKET, Key=key, ContentType=content_type, Body=text.encode())


def claim(event_id):
    body = json.dumps({"claimedAt": datetime.now(timezone.utc).isoformat()})
    try:
        s3.put_object(
            Bucket=REPORT_BUCKET, Key=f"events/{event_id}.json", Body=body.encode(), IfNoneMatch="*"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "PreconditionFailed":
            return False
        raise
    return True


def mark_reported(event_id):
    put(f"events/{event_id}.json", "application/json", json.dumps({"reported": True}))


def keep_last_good(distribution, etag):
    live = cloudfront.get_distribution(Id=distribution)
    if live["ETag"] != etag:
        return
    document = {"etag": etag, "DistributionConfig": live["Distribution"]["DistributionConfig"]}
    put(f"last-good/{distribution}.json", "application/json", json.dumps(document, indent=2))
