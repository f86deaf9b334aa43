#!/usr/bin/env python3
"""Runs AWS's own validators and the guard side by side over one sound template and the ways to break
it that cfn-lint is known to pass over, and prints a Markdown table. Fails if the guard misses one, or
says an error of the sound one.

    tests/peers/compare.py CFN_LINT ORIGIN_GUARD

The validators are cfn-lint, and CloudFormation's cfn-validate, which the AWS CDK runs too; it is the
library cloudformation-validate, in the environment that runs this.
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

from cloudformation_validate import CompositeEngine, Severity, ValidateConfig

SOUND = {
    "Parameters": {"Target": {"Type": "String", "Default": "assets"}, "Stage": {"Type": "String", "Default": "prod"}},
    "Resources": {
        "Oac": {
            "Type": "AWS::CloudFront::OriginAccessControl",
            "Properties": {
                "OriginAccessControlConfig": {
                    # Each parameter is used in what stays as it is: an unused one is a warning.
                    "Name": {"Fn::Sub": "${Target}-${Stage}"},
                    "OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4",
                }
            },
        },
        "Cdn": {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {
                "DistributionConfig": {
                    "Enabled": True,
                    "Origins": [
                        {
                            "Id": "assets",
                            "DomainName": "example-assets.s3.eu-west-1.amazonaws.com",
                            "OriginAccessControlId": {"Fn::GetAtt": ["Oac", "Id"]},
                            "S3OriginConfig": {"OriginAccessIdentity": ""},
                        },
                        {
                            "Id": "api",
                            "DomainName": "api.example.com",
                            "CustomOriginConfig": {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]},
                        },
                    ],
                    "OriginGroups": {
                        "Quantity": 1,
                        "Items": [
                            {
                                "Id": "both",
                                "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [500]}},
                                "Members": {"Quantity": 2, "Items": [{"OriginId": "assets"}, {"OriginId": "api"}]},
                            }
                        ],
                    },
                    "DefaultCacheBehavior": {
                        "TargetOriginId": "both",
                        "ViewerProtocolPolicy": "https-only",
                        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                    },
                    "CacheBehaviors": [
                        {
                            "PathPattern": "/a/*",
                            "TargetOriginId": {"Ref": "Target"},
                            "ViewerProtocolPolicy": "https-only",
                            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                        }
                    ],
                }
            },
        },
    },
}


def config(template):
    return template["Resources"]["Cdn"]["Properties"]["DistributionConfig"]


def assets(template):
    return config(template)["Origins"][0]


def api(template):
    return config(template)["Origins"][1]


def orphan(template):
    config(template)["CacheBehaviors"][0]["TargetOriginId"] = "nope"


def ghost(template):
    config(template)["OriginGroups"]["Items"][0]["Members"]["Items"][1]["OriginId"] = "ghost"


def hidden_orphan(template):
    api(template)["Id"] = {"Fn::Sub": "api-${Stage}"}
    config(template)["OriginGroups"]["Items"][0]["Members"]["Items"][1]["OriginId"] = {"Fn::Sub": "api-${Stage}"}
    orphan(template)


def wrong_default(template):
    template["Parameters"]["Target"]["Default"] = "asset"


def setter(find, *path):
    value = path[-1]

    def modify(template):
        node = find(template)
        for key in path[:-2]:
            node = node[key]
        node[path[-2]] = value

    return modify


def without_config(template):
    del api(template)["CustomOriginConfig"]


def both_accesses(template):
    assets(template)["S3OriginConfig"]["OriginAccessIdentity"] = "origin-access-identity/cloudfront/E1"


def control_on_custom(template):
    api(template)["OriginAccessControlId"] = {"Fn::GetAtt": ["Oac", "Id"]}


CASES = [
    ("sound", lambda template: None, None),
    ("a behavior targets `nope`", orphan, "unknown-target-origin"),
    ("a group's member is `ghost`", ghost, "unknown-group-member"),
    ("the same, beside an origin ID with Fn::Sub", hidden_orphan, "unknown-target-origin"),
    ("a target that is a parameter with a wrong default", wrong_default, "unknown-target-origin"),
    ("a domain with scheme and path", setter(api, "DomainName", "https://api.example.com/v1"), "malformed-origin-domain"),
    ("two origins with one ID", setter(api, "Id", "assets"), "duplicate-origin-id"),
    ("an origin without any config", without_config, "ambiguous-origin-type"),
    (
        "a website endpoint under S3OriginConfig",
        setter(assets, "DomainName", "example-assets.s3-website-eu-west-1.amazonaws.com"),
        "website-endpoint-as-s3-origin",
    ),
    ("`OriginPath: foo/`", setter(api, "OriginPath", "foo/"), "malformed-origin-path"),
    (
        "an OAI that is no path of an identity",
        setter(assets, "S3OriginConfig", "OriginAccessIdentity", "E1EXAMPLE"),
        "unknown-origin-access-identity",
    ),
    ("OAI and OAC together", both_accesses, "mixed-origin-access"),
    ("an S3 OAC on a custom origin", control_on_custom, "mismatched-origin-access-control"),
    ("`HTTPPort: 22`", setter(api, "CustomOriginConfig", "HTTPPort", 22), "invalid-origin-port"),
    ("`OriginReadTimeout: 999`", setter(api, "CustomOriginConfig", "OriginReadTimeout", 999), "origin-timeout-out-of-range"),
]


# What each of them finds: otherwise a validator that does not run would be "clean" too.
CONTROL = ("a misspelt member, for comparison", setter(config, "Coment", "the site"), "unknown-member")


def with_severity(rule, severity):
    return rule if severity == "error" else f"{rule} ({severity})"


def cfn_lint(program, path):
    done = subprocess.run([program, "--format", "json", path], capture_output=True, text=True, check=False)
    found = [(match["Rule"]["Id"], match["Level"].lower()) for match in json.loads(done.stdout or "[]")]
    return sorted({with_severity(*it) for it in found if it[1] != "informational"})


def cfn_validate(engine, path):
    diagnostics = engine.validate_template(path, ValidateConfig(severity_level=Severity.WARN)).diagnostics
    return sorted({with_severity(it.rule_id, "warning" if it.severity == Severity.WARN else "error") for it in diagnostics})


def guard(program, path):
    done = subprocess.run([program, "check", "--offline", "--output", "json", path], capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.exit(done.stderr)
    found = {(it["rule"], it["severity"]) for it in json.loads(done.stdout)["findings"]}
    return {rule: severity for rule, severity in sorted(found) if severity != "info"}


def main():
    lint, own = sys.argv[1:3]
    missed = []
    engine = CompositeEngine()
    print("| the template | cfn-lint | cfn-validate | Origin Guard |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, modify, rule in [*CASES, CONTROL]:
            template = copy.deepcopy(SOUND)
            modify(template)
            path = str(pathlib.Path(folder, "template.json"))
            pathlib.Path(path).write_text(json.dumps(template, indent=2))
            theirs, ours = [cfn_lint(lint, path), cfn_validate(engine, path)], guard(own, path)
            if (rule is None and ours) or (rule is not None and rule not in ours):
                missed.append(name)
            if name == CONTROL[0] and not all(theirs):
                missed.append(f"{name}: a validator finds nothing")
            cells = [*theirs, [with_severity(*it) for it in ours.items()]]
            print(f"| {name} | {' | '.join(', '.join(found) or 'clean' for found in cells)} |")
    if missed:
        sys.exit("not as it should be: " + "; ".join(missed))


if __name__ == "__main__":
    main()
