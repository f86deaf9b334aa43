"""ministack, with two differences. Both patch its internals, so they fit the pinned version only.

1. The story may send CloudTrail's events. AWS reserves event sources that begin with `aws.`: PutEvents
   refuses them, in ministack too. Here that one check is off, so that the deployed rule stays as
   template.yaml has it, and the function gets the event as AWS would send it.
2. IAM knows the ARNs of origin access controls and identities, as the Service Authorization Reference
   has them (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html).
   ministack treats them as `*`, and so denies what template.yaml allows for the ARN.
"""

import re
from functools import partial

from ministack.app import main
from ministack.core import iam_actions
from ministack.services import eventbridge

eventbridge._put_events = partial(eventbridge._put_events, allow_aws_source=True)

_ORIGIN_ACCESS = re.compile(r"^/2020-05-31/(origin-access-(?:control|identity))/(?:cloudfront/)?([^/]+)")
_resource_arn = iam_actions.extract_resource_arn


def _resource_arn_with_origin_access(
    service: str, method: str, path: str, headers: dict, body: bytes, query: dict, region: str, account: str
) -> str:
    if service == "cloudfront" and (found := _ORIGIN_ACCESS.match(path)):
        return f"arn:aws:cloudfront::{account}:{found[1]}/{found[2]}"
    return _resource_arn(service, method, path, headers, body, query, region, account)


iam_actions.extract_resource_arn = _resource_arn_with_origin_access

if __name__ == "__main__":
    main()
