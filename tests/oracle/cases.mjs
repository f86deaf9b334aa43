// The cases: bucket policies, key policies, who reads, and for which distribution. The same seed gives the same
// cases, whatever the machine.

export const ACCOUNT = "111122223333";
export const OTHER_ACCOUNT = "444455556666";
export const BUCKET = "arn:aws:s3:::assets";
export const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/0a1b2c3d-1111-2222-3333-444455556666`;
const distribution = (account, id) => `arn:aws:cloudfront::${account}:distribution/${id}`;
export const OWN = distribution(ACCOUNT, "E1OWN");
const SIBLING = distribution(ACCOUNT, "E2SIBLING");
const FOREIGN = distribution(OTHER_ACCOUNT, "E3FOREIGN");
const identity = (id) => `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${id}`;
export const IDENTITY = { id: "E1IDENTITY", arn: identity("E1IDENTITY"), canonicalUser: "a".repeat(64) };

// https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (public domain)
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Who reads: what the guard is given, and the ARNs of the distributions that it may stand for.
export const READERS = [
  { name: "distribution", guard: { distribution: { arn: OWN, account: ACCOUNT } }, arns: [OWN] },
  {
    name: "new distribution",
    guard: { distribution: { arn: `${distribution(ACCOUNT, "")}*`, account: ACCOUNT } },
    arns: [OWN, SIBLING, distribution(ACCOUNT, "E9OWN"), distribution(ACCOUNT, "E10NEW")],
  },
  {
    name: "distribution of another account",
    guard: { distribution: { arn: FOREIGN, account: OTHER_ACCOUNT } },
    arns: [FOREIGN],
  },
  {
    name: "identity",
    guard: { identity: { id: IDENTITY.id, canonical_user: IDENTITY.canonicalUser } },
  },
  { name: "anonymous over TLS", guard: { anonymous: { tls: true } } },
  { name: "anonymous", guard: { anonymous: { tls: false } } },
];

const CLOUDFRONT = { Service: "cloudfront.amazonaws.com" };
const PRINCIPALS = [
  [12, { Principal: CLOUDFRONT }],
  [2, { Principal: { Service: ["s3.amazonaws.com", "cloudfront.amazonaws.com"] } }],
  [1, { Principal: { Service: "logging.s3.amazonaws.com" } }],
  [4, { Principal: "*" }],
  [2, { Principal: { AWS: "*" } }],
  [2, { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }],
  [1, { Principal: { AWS: ACCOUNT, Service: "cloudfront.amazonaws.com" } }],
  [4, { Principal: { AWS: IDENTITY.arn } }],
  [2, { Principal: { AWS: [identity("E9OTHER"), `arn:aws:iam::${ACCOUNT}:role/deploy`] } }],
  [2, { Principal: { CanonicalUser: IDENTITY.canonicalUser } }],
];
const ACTIONS = {
  bucket: [
    [8, { Action: "s3:GetObject" }],
    [2, { Action: ["s3:PutObject", "s3:getobject"] }],
    [2, { Action: "s3:*" }],
    [1, { Action: "s3:Get*" }],
    [1, { Action: "*" }],
    [1, { Action: ["s3:ListBucket", "s3:PutObject"] }],
    [1, { NotAction: "s3:Put*" }],
    [1, { NotAction: ["s3:Get*", "s3:List*"] }],
  ],
  key: [
    [8, { Action: "kms:Decrypt" }],
    [2, { Action: ["kms:Encrypt", "kms:decrypt", "kms:GenerateDataKey*"] }],
    [2, { Action: "kms:*" }],
    [1, { Action: "kms:D*crypt" }],
    [1, { Action: ["kms:Encrypt", "kms:ReEncrypt*"] }],
  ],
};
const RESOURCES = {
  bucket: [
    [8, { Resource: `${BUCKET}/*` }],
    [2, { Resource: [BUCKET, `${BUCKET}/*`] }],
    [2, { Resource: "*" }],
    [1, { Resource: BUCKET }],
    [1, { Resource: `${BUCKET}/site/*` }],
    [1, { Resource: `${BUCKET}/public/*` }],
    [1, { Resource: `${BUCKET}/*.html` }],
    [1, { Resource: "arn:aws:s3:::asset?/*" }],
    [1, { Resource: "arn:aws:s3:::other/*" }],
    [1, { NotResource: `${BUCKET}/private/*` }],
  ],
  key: [
    [8, { Resource: "*" }],
    [1, { Resource: KEY }],
  ],
};
const CONDITIONS = [
  [8, "StringEquals", "AWS:SourceArn", OWN],
  [3, "StringEquals", "aws:sourcearn", [SIBLING, OWN]],
  [3, "StringEquals", "AWS:SourceArn", SIBLING],
  [1, "StringEqualsIgnoreCase", "AWS:SourceArn", OWN.toLowerCase()],
  [2, "ArnLike", "aws:SourceArn", distribution(ACCOUNT, "*")],
  [1, "ArnEquals", "aws:SourceArn", OWN],
  [1, "ArnNotEquals", "aws:SourceArn", SIBLING],
  [2, "StringLike", "AWS:SourceArn", distribution(ACCOUNT, "E?OWN")],
  [1, "StringLike", "AWS:SourceArn", "arn:aws:cloudfront::*"],
  [3, "StringNotEquals", "AWS:SourceArn", OWN],
  [2, "StringNotLike", "AWS:SourceArn", distribution(ACCOUNT, "*")],
  [1, "StringNotEqualsIfExists", "AWS:SourceArn", SIBLING],
  [1, "ForAnyValue:StringEquals", "AWS:SourceArn", [OWN, SIBLING]],
  [1, "ForAllValues:StringLike", "AWS:SourceArn", distribution(ACCOUNT, "*")],
  [4, "StringEquals", "AWS:SourceAccount", ACCOUNT],
  [2, "StringEquals", "AWS:SourceAccount", OTHER_ACCOUNT],
  [2, "StringNotEquals", "aws:SourceAccount", ACCOUNT],
  [1, "StringEqualsIfExists", "aws:SourceAccount", ACCOUNT],
  [2, "Bool", "aws:SecureTransport", "false"],
  [2, "Bool", "aws:SecureTransport", "true"],
  [1, "BoolIfExists", "aws:SecureTransport", "true"],
  [1, "NumericLessThan", "s3:TlsVersion", "1.2"],
  [1, "NumericGreaterThanEquals", "s3:TlsVersion", "1.3"],
  [1, "Null", "AWS:SourceArn", "true"],
  [1, "Null", "aws:SourceAccount", "false"],
  [2, "StringNotEquals", "aws:SourceVpce", "vpce-1a2b3c4d"],
  [1, "StringEquals", "aws:SourceVpc", "vpc-1a2b3c4d"],
  [1, "StringNotEqualsIfExists", "aws:SourceVpc", "vpc-1a2b3c4d"],
  [2, "NotIpAddress", "aws:SourceIp", ["203.0.113.0/24", "10.0.0.0/8"]],
  [1, "IpAddress", "aws:SourceIp", "203.0.113.0/24"],
  [1, "NotIpAddressIfExists", "aws:SourceIp", "130.176.0.0/16"],
  [1, "IpAddress", "aws:SourceIp", "0.0.0.0/0"],
  [2, "StringNotEquals", "aws:PrincipalOrgID", "o-1a2b3c4d5e"],
  [1, "StringEquals", "aws:PrincipalOrgID", "o-1a2b3c4d5e"],
  [2, "Bool", "aws:PrincipalIsAWSService", "false"],
  [1, "BoolIfExists", "aws:PrincipalIsAWSService", "true"],
  [1, "StringEquals", "aws:PrincipalServiceName", "cloudfront.amazonaws.com"],
  [1, "StringEquals", "aws:ResourceAccount", ACCOUNT],
  [1, "StringNotEquals", "aws:ResourceAccount", ACCOUNT],
  [2, "StringLike", "aws:Referer", "https://example.com/*"],
  [1, "StringEquals", "aws:UserAgent", "Amazon CloudFront"],
  [1, "Bool", "aws:ViaAWSService", "false"],
];
const FOR_BUCKETS = [
  [1, "StringEquals", "s3:DataAccessPointAccount", ACCOUNT],
  [1, "StringNotEqualsIfExists", "s3:DataAccessPointAccount", ACCOUNT],
  [1, "StringEquals", "s3:ResourceAccount", ACCOUNT],
];
const FOR_KEYS = [
  [2, "StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"],
  [1, "StringLike", "kms:ViaService", "s3.*.amazonaws.com"],
  [1, "StringEquals", "kms:CallerAccount", ACCOUNT],
];

function* statements(kind, next) {
  const pick = (weighted) => {
    const total = weighted.reduce((sum, [weight]) => sum + weight, 0);
    let at = next() * total;
    const found = weighted.find(([weight]) => (at -= weight) < 0) ?? weighted[0];
    return found.slice(1);
  };
  const conditions = CONDITIONS.concat(kind === "bucket" ? FOR_BUCKETS : FOR_KEYS);
  const count = 1 + Math.floor(next() * 3);
  for (let at = 0; at < count; at += 1) {
    const denies = next() < 0.3;
    const [principal] = denies && next() < 0.6 ? [{ Principal: "*" }] : pick(PRINCIPALS);
    const statement = {
      Sid: `S${at}`,
      Effect: denies ? "Deny" : "Allow",
      ...principal,
      ...pick(ACTIONS[kind])[0],
      ...pick(RESOURCES[kind])[0],
    };
    const condition = {};
    const conditioned = Math.floor(next() * 3);
    for (let each = 0; each < conditioned; each += 1) {
      const [operator, key, value] = pick(conditions);
      (condition[operator] ??= {})[key] = value;
    }
    if (conditioned > 0) statement.Condition = condition;
    yield statement;
  }
}

/** So many cases. */
export function* cases(count, seed) {
  const next = random(seed);
  const policy = (kind) => ({ Version: "2012-10-17", Statement: [...statements(kind, next)] });
  for (let at = 0; at < count; at += 1) {
    yield {
      at,
      reader: READERS[Math.floor(next() * READERS.length)],
      folder: next() < 0.25 ? "site/" : "",
      bucketPolicy: policy("bucket"),
      keyPolicy: policy("key"),
    };
  }
}
