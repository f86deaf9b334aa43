"""The site of the story: buckets, an origin access control, a distribution; and candidates for it."""

import copy
import json
from dataclasses import dataclass
from typing import Any

from processes import ACCOUNT, REGION

SITE_BUCKET = "example-site"
MEDIA_BUCKET = "example-media"
# The bucket that the media moved to, and how the broken candidate spells it.
NEW_MEDIA_BUCKET = "example-media-2026"
MISSPELT_BUCKET = "example-media-2062"
FOREIGN_BUCKET = "example-media-mirror"
# Where the team declares what its origins must be.
CONTRACT_BUCKET = "example-contracts"
CONTRACT = f"s3://{CONTRACT_BUCKET}/site.json"


@dataclass(frozen=True)
class Website:
    """What CloudFront says about the distribution."""

    id: str
    arn: str
    domain_name: str


def create(aws: Any) -> Website:
    for bucket in (SITE_BUCKET, MEDIA_BUCKET, NEW_MEDIA_BUCKET):
        aws.s3.create_bucket(Bucket=bucket)
    control = aws.cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": "example-site",
            "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
    )["OriginAccessControl"]["Id"]
    distribution = aws.cloudfront.create_distribution(DistributionConfig=_config(control))["Distribution"]
    for bucket in (SITE_BUCKET, MEDIA_BUCKET, NEW_MEDIA_BUCKET):
        aws.s3.put_bucket_policy(Bucket=bucket, Policy=_readable_by(distribution["ARN"], bucket))
    aws.s3.create_bucket(Bucket=CONTRACT_BUCKET)
    origins = {"site": {"bucket": SITE_BUCKET}, "media": {"bucket": MEDIA_BUCKET}}
    aws.s3.put_object(Bucket=CONTRACT_BUCKET, Key="site.json", Body=json.dumps({"origins": origins}))
    return Website(distribution["Id"], distribution["ARN"], distribution["DomainName"])


def let_in_another(aws: Any, bucket: str) -> None:
    """The bucket's policy lets in another distribution, and not this one."""
    other = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E2ANOTHER1GUARD"
    aws.s3.put_bucket_policy(Bucket=bucket, Policy=_readable_by(other, bucket))


def restore(aws: Any, website: Website, bucket: str) -> None:
    """The bucket as `create` has made it."""
    aws.s3.create_bucket(Bucket=bucket)
    aws.s3.put_bucket_policy(Bucket=bucket, Policy=_readable_by(website.arn, bucket))


def live(aws: Any, website: Website) -> dict[str, Any]:
    """What `aws cloudfront get-distribution-config` prints: the config with its ETag."""
    answer = aws.cloudfront.get_distribution_config(Id=website.id)
    return {"ETag": answer["ETag"], "DistributionConfig": answer["DistributionConfig"]}


def moved_media(candidate: dict[str, Any], bucket: str, target: str) -> dict[str, Any]:
    """The candidate after the origin `media` became `media-2026` with that bucket, and `/media/*` that target."""
    candidate = copy.deepcopy(candidate)
    config = candidate["DistributionConfig"]
    media = config["Origins"]["Items"][1]
    media["Id"], media["DomainName"] = "media-2026", domain_of(bucket)
    config["CacheBehaviors"]["Items"][0]["TargetOriginId"] = target
    return candidate


def domain_of(bucket: str) -> str:
    return f"{bucket}.s3.{REGION}.amazonaws.com"


def _config(control: str) -> dict[str, Any]:
    return {
        "CallerReference": "story",
        "Aliases": {"Quantity": 0},
        "DefaultRootObject": "index.html",
        "Origins": {
            "Quantity": 2,
            "Items": [_origin("site", SITE_BUCKET, control), _origin("media", MEDIA_BUCKET, control)],
        },
        "OriginGroups": {"Quantity": 0},
        "DefaultCacheBehavior": _behavior("site"),
        "CacheBehaviors": {"Quantity": 1, "Items": [{"PathPattern": "/media/*", **_behavior("media")}]},
        "CustomErrorResponses": {"Quantity": 0},
        "Comment": "the site of the story",
        "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
        "PriceClass": "PriceClass_100",
        "Enabled": True,
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
        "WebACLId": "",
        "HttpVersion": "http2",
        "IsIPV6Enabled": True,
    }


def _origin(name: str, bucket: str, control: str) -> dict[str, Any]:
    return {
        "Id": name,
        "DomainName": domain_of(bucket),
        "OriginPath": "",
        "CustomHeaders": {"Quantity": 0},
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "ConnectionAttempts": 3,
        "ConnectionTimeout": 10,
        "OriginShield": {"Enabled": False},
        "OriginAccessControlId": control,
    }


def _behavior(target: str) -> dict[str, Any]:
    read = ["HEAD", "GET"]
    return {
        "TargetOriginId": target,
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
        "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": {"Quantity": 2, "Items": read, "CachedMethods": {"Quantity": 2, "Items": read}},
        "SmoothStreaming": False,
        "Compress": True,
        "LambdaFunctionAssociations": {"Quantity": 0},
        "FunctionAssociations": {"Quantity": 0},
        "FieldLevelEncryptionId": "",
        # CloudFront's managed policy CachingOptimized.
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    }


def _readable_by(distribution: str, bucket: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution, "AWS:SourceAccount": ACCOUNT}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
