"""Builds the fuzz targets with coverage counters, on the stable toolchain, and runs them.

The flags are cargo-fuzz's without its sanitizer, which only a nightly toolchain has; what a sanitizer finds needs
`unsafe`, which this project forbids. Seeds are the fixtures, the events, and the corpus that ORIGIN_GUARD_CORPUS names.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "fuzz"
FLAGS = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
]
# The largest input, and the inputs of a bounded run, which take about as long for each target.
TARGETS = {
    "json": (16_384, 20_000),
    "yaml": (8_192, 60_000),
    "distribution_config": (16_384, 5_000),
    "cloudformation": (16_384, 10_000),
    "terraform_plan": (32_768, 10_000),
    "change_set": (16_384, 20_000),
    "parameters": (4_096, 100_000),
    "archive": (16_384, 30_000),
    "contract": (4_096, 100_000),
    "policy": (4_096, 100_000),
    "s3_endpoint": (512, 500_000),
    "path_pattern": (512, 500_000),
    "event": (16_384, 30_000),
    "user_parameters": (2_048, 200_000),
    "edge_answer": (4_096, 50_000),
    "trace_request": (512, 50_000),
}
# What a slow machine may take for that; the table then says how many inputs it came to.
MOST_SECONDS = 60
SECONDS_PER_INPUT = 10
MEGABYTES = 1_024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="by default all of them")
    parser.add_argument("--seconds", type=int, help="run each for this long, and keep what reaches new code in target/fuzz/corpus")
    arguments = parser.parse_args()
    unknown = set(arguments.targets) - set(TARGETS)
    if unknown:
        parser.error(f"unknown target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    names = arguments.targets or list(TARGETS)
    binaries = build()
    prepare(names)
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(lambda name: run(binaries / name, arguments.seconds), names))
    inputs = sum(outcome["inputs"] for outcome in outcomes)
    print(f"{inputs:,} inputs of {len(names)} targets in {time.monotonic() - started:.0f} s")
    failed = [outcome for outcome in outcomes if outcome["failure"]]
    for outcome in failed:
        print(f"\nerror: {outcome['failure']}", file=sys.stderr)
    return 1 if failed else 0


def build():
    host = re.search(r"^host: (.*)$", subprocess.check_output(["rustc", "-vV"], text=True), re.M)[1]
    if not any(shutil.which(name) for name in (os.environ.get("CXX", "c++"), "g++", "clang++")):
        sys.exit("error: there is no C++ compiler, which LibFuzzer needs; install build-essential (Debian, Ubuntu) or gcc-c++ (Fedora)")
    # With a named target, the flags are not for build scripts and macros, which have no LibFuzzer to link with.
    command = ["cargo", "build", "--quiet", "--release", "--locked", "--bins", "--target", host, "--target-dir", OUT]
    environment = os.environ | {"CARGO_ENCODED_RUSTFLAGS": "\x1f".join(FLAGS)}
    subprocess.run(command, cwd=ROOT / "fuzz", env=environment, check=True)
    return OUT / host / "release"


def run(binary, seconds):
    name = binary.name
    longest, inputs = TARGETS[name]
    artifacts = OUT / "artifacts" / name
    artifacts.mkdir(parents=True, exist_ok=True)
    command = [binary, f"-max_len={longest}", f"-timeout={SECONDS_PER_INPUT}", f"-rss_limit_mb={MEGABYTES}",
               f"-artifact_prefix={artifacts}/", "-print_final_stats=1"]
    if (words := OUT / "words" / name).stat().st_size:
        command.append(f"-dict={words}")
    if seconds:
        kept = OUT / "corpus" / name
        kept.mkdir(parents=True, exist_ok=True)
        command += [f"-max_total_time={seconds}", kept]
    else:
        # The same seed every time: a run that failed fails again.
        command += [f"-runs={inputs}", f"-max_total_time={MOST_SECONDS}", "-seed=1"]
    started = time.monotonic()
    ended = subprocess.run([*command, OUT / "seeds" / name], capture_output=True, text=True, errors="replace", check=False)
    log = ended.stderr
    done = int((re.findall(r"stat::number_of_executed_units:\s*(\d+)", log) or re.findall(r"^#(\d+)", log, re.M) or [0])[-1])
    edges = (re.findall(r"cov: (\d+)", log) or ["?"])[-1]
    memory = (re.findall(r"rss: (\d+)Mb", log) or ["?"])[-1]
    print(f"  {name:20} {done:>10,} inputs  {edges:>6} edges  {memory:>4} MB  {time.monotonic() - started:4.0f} s", flush=True)
    failure = None
    if ended.returncode != 0:
        found = re.findall(r"Test unit written to (\S+)", log)
        where = f"; again: {binary} {found[-1]}" if found else ""
        failure = f"{name} ended with {ended.returncode}{where}\n" + "\n".join(log.splitlines()[-40:])
    return {"inputs": done, "failure": failure}


def prepare(names):
    """Writes each target's seeds and dictionary."""
    documents = list(files())
    for name in names:
        folder = OUT / "seeds" / name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        longest = TARGETS[name][0]
        seeds = {seed for seed in SEEDS[name](documents) if 0 < len(seed) <= longest}
        assert seeds, f"{name} has no seeds"
        for at, seed in enumerate(sorted(seeds)):
            (folder / f"{at:04}").write_bytes(seed)
        words = OUT / "words"
        words.mkdir(exist_ok=True)
        (words / name).write_text("".join(f'"{word}"\n' for word in words_of(seeds)))


def files():
    """The files that seeds are made of, with their paths."""
    folders = [ROOT / "tests" / "fixtures", ROOT / "events"]
    if corpus := os.environ.get("ORIGIN_GUARD_CORPUS"):
        folders.append(pathlib.Path(corpus))
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            if "reports" not in path.parts and "schemas" not in path.parts:
                yield path, path.read_bytes()


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def parsed(documents):
    for _, content in documents:
        try:
            yield json.loads(content)
        except ValueError:
            pass


def values(value):
    """A value and every one in it."""
    yield value
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    for item in below:
        yield from values(item)


def every(documents, kind):
    return (value for document in parsed(documents) for value in values(document) if isinstance(value, kind))


def of(*parts):
    """The documents whose paths have one of these parts, without the spaces that JSON does not need."""
    def seeds(documents):
        for path, content in documents:
            if any(part in str(path) for part in parts):
                try:
                    yield compact(json.loads(content))
                except ValueError:
                    yield content
    return seeds


def policies(documents):
    yield compact({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "NotAction": "s3:Put?",
                   "NotResource": "arn:aws:s3:::a/${aws:username}", "Condition": {"ForAnyValue:StringLikeIfExists": {"aws:SourceArn": ["*"]},
                   "Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}]})
    yield from (compact(value) for value in every(documents, dict) if "Statement" in value)


def change_sets(documents):
    for template in parsed(documents):
        resources = template.get("Resources") if isinstance(template, dict) else None
        if isinstance(resources, dict) and all(isinstance(it, dict) for it in resources.values()):
            yield compact([{"LogicalId": name, "PhysicalId": name, "Type": it.get("Type"), "Before": {"Properties": it.get("Properties")},
                            "After": {"Properties": it.get("Properties")}} for name, it in resources.items()])
    bucket = {"Properties": {"BucketName": "example-site"}}
    origin = {"Id": "site", "DomainName": "example-site.s3.eu-west-1.amazonaws.com", "S3OriginConfig": {}}
    config = {"Enabled": True, "Origins": [origin], "DefaultCacheBehavior": {"TargetOriginId": "site", "ViewerProtocolPolicy": "https-only"}}
    yield compact([{"LogicalId": "Assets", "Type": "AWS::S3::Bucket", "After": bucket},
                   {"LogicalId": "Site", "PhysicalId": "E2EXAMPLE1GUARD", "Type": "AWS::CloudFront::Distribution",
                    "Before": {"Properties": {"DistributionConfig": config}}, "After": {"Properties": {"DistributionConfig": config}}}])


def contracts(_):
    yield b"accounts: ['111122223333']\norigins:\n  site: {bucket: example-site, region: eu-west-1, access: oac}\nbehaviors:\n  default: site\n"
    yield compact({"origins": {"api": {"domain": "api.example.com", "lowestTls": "TLSv1.2"}}, "behaviors": {"/api/*": "api"},
                   "waivers": [{"rule": "missing-bucket", "origin": "site", "path": "/*", "reason": "is made later", "until": "2027-03-31"}]})
    yield compact({"verify": [{"path": "/api/health?a=%20", "method": "HEAD", "status": [200, 401], "header": {"x-app": "v2"}}, {"path": "/", "status": 200}],
                   "skip": ["/admin/*"]})


def parameters(documents):
    yield compact({"Parameters": {"Stage": "prod", "Size": 3}, "Tags": {}})
    yield compact([{"ParameterKey": "Stage", "ParameterValue": "prod", "UsePreviousValue": True}])
    yield b"Parameters:\n  Stage: prod\n"
    yield from (compact(value) for value in every(documents, dict) if "Parameters" in value)


def plans(documents):
    yield from of("terraform-plan/")(documents)
    after = {"enabled": True, "origin": [{"origin_id": "site", "domain_name": "example-site.s3.eu-west-1.amazonaws.com",
             "origin_access_control_id": "E1EXAMPLEOACID", "s3_origin_config": [], "custom_origin_config": []}], "default_cache_behavior":
             [{"target_origin_id": "site", "viewer_protocol_policy": "https-only"}], "ordered_cache_behavior": []}
    change = {"actions": ["create"], "before": None, "after": after, "after_unknown": {"id": True}, "before_sensitive": False, "after_sensitive": {}}
    yield compact({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}, "configuration": {}, "resource_changes": [
        {"address": "aws_cloudfront_distribution.site", "mode": "managed", "type": "aws_cloudfront_distribution", "name": "site", "change": change}]})


def archives(documents):
    for name in ("distribution.json", "cdk.out/manifest.json", "a/../b.json"):
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            path = OUT / "seed.zip"
            with zipfile.ZipFile(path, "w", method) as archive:
                for at, (_, content) in enumerate(documents[:3]):
                    archive.writestr(name if at == 0 else f"cdk.out/{at}.template.json", content[:1_500])
            yield path.read_bytes()
            path.unlink()


def domains(documents):
    kinds = ["example.s3.amazonaws.com", "a.s3.dualstack.eu-west-1.amazonaws.com", "a.s3-eu-west-1.amazonaws.com", "a.s3-external-1.amazonaws.com",
             "a.s3-website.eu-central-1.amazonaws.com", "a.s3-website-us-east-1.amazonaws.com", "a.s3-accelerate.dualstack.amazonaws.com",
             "a-111122223333.s3-accesspoint-fips.us-east-1.amazonaws.com", "a--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
             "m.mrap.accesspoint.s3-global.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn", "${Assets}.s3.${AWS::Region}.${AWS::URLSuffix}"]
    yield from (kind.encode() for kind in kinds)
    for value in every(documents, dict):
        domain = value.get("DomainName") or value.get("domain_name")
        if isinstance(domain, str):
            yield domain.encode()


def patterns(documents):
    found = sorted({it.get("PathPattern") for it in every(documents, dict) if isinstance(it.get("PathPattern"), str)} | {"/api/*", "*.js?", "/*/a?b*"})
    for one in found:
        yield from (f"{one}\n{other}".encode() for other in found[:5])


def events(documents):
    yield from (compact(value) for value in every(documents, dict) if "detail-type" in value or "CodePipeline.job" in value)


def user_parameters(documents):
    yield b"E2EXAMPLE1GUARD"
    yield compact({"mode": "gate", "distribution": "www.example.com", "candidate": "Build::cdn/*.json", "format": "cloudformation", "stack": "site",
                   "parameters": ["prod.json"], "resource": "Site", "contract": "s3://b/k", "baseline": "last-good", "unknown": "warn"})
    yield compact({"changeSet": "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/a/1", "step": "origins", "distribution": "E2EXAMPLE1GUARD"})
    for value in every(documents, dict):
        if isinstance(text := value.get("UserParameters"), str):
            yield text.encode()


def edge_answers(_):
    page = "<HTML><H1>{0} ERROR</H1>Generated by cloudfront (CloudFront)</HTML>"
    error = "<?xml version=\"1.0\"?><Error><Code>{0}</Code><Message>{1}</Message><BucketName>example-site</BucketName><RequestId>1</RequestId></Error>"
    region = "the region 'us-east-1' is wrong; expecting 'eu-west-1'"
    for status, server, body in [
        (200, "AmazonS3", "content"), (403, "AmazonS3", error.format("AccessDenied", "Access Denied")), (404, "AmazonS3", error.format("NoSuchKey", "")),
        (404, "AmazonS3", error.format("NoSuchBucket", "")), (400, "AmazonS3", error.format("AuthorizationHeaderMalformed", region)),
        (301, "AmazonS3", error.format("PermanentRedirect", "")), (403, "CloudFront", "<Error><Code>MissingKey</Code></Error>"),
        *((status, "CloudFront", page.format(status)) for status in (403, 502, 503, 504)), (404, "AmazonS3", "<html><li>Code: NoSuchBucket</li></html>"),
    ]:
        yield f"HTTP/2 {status} \r\nserver: {server}\r\nage: 0\r\nx-cache: Error from cloudfront\r\n\r\n{body}".encode()
    yield b"HTTP/1.1 301 Moved\nlocation: /a\n\nHTTP/2 403\nx-amz-error-code: NoSuchBucket\nx-amz-error-detail-bucketname: example-site\n\n"


def paths(documents):
    yield from (b"/", b"/api/v1?a=b#c", b"https://www.example.com:443/media/%61%2Fb/../c?d", b"a b/\xc3\xbc", b"//a/./..//b%2e%2E", b"http://a")
    yield from (one.split(b"\n")[0] for one in patterns(documents))


def words_of(seeds):
    """The keys and short texts of a target's JSON seeds, which no mutation would come upon."""
    found = set()
    for seed in seeds:
        found.update(re.findall(rb'"([A-Za-z0-9:._/*$-]{2,40})"', seed))
    return sorted(word.decode() for word in found)[:2_000]


SEEDS = {
    "json": of("fixtures/", "events/", "distribution-config/"),
    "yaml": lambda documents: (content for path, content in documents if path.suffix in (".yaml", ".yml")),
    "distribution_config": of("fixtures/healthy/", "fixtures/site.json", "distribution-config/"),
    "cloudformation": of("cloudformation/"),
    "terraform_plan": plans,
    "change_set": change_sets,
    "parameters": parameters,
    "archive": archives,
    "contract": contracts,
    "policy": policies,
    "s3_endpoint": domains,
    "path_pattern": patterns,
    "event": events,
    "user_parameters": user_parameters,
    "edge_answer": edge_answers,
    "trace_request": paths,
}

if __name__ == "__main__":
    sys.exit(main())
