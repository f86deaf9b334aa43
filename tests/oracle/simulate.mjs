// What the simulator says to each request that a question stands for.
import { anonymousPrincipal, runSimulation } from "@cloud-copilot/iam-simulate";
import { ACCOUNT, IDENTITY } from "./cases.mjs";

const ALL = {
  name: "all",
  policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
};
const OBJECTS = ["index.html", "private/report.pdf", "public/logo.png", "public/page.html", "site/app.js"];

/** What no call tells of a request, and what it can be: only what the policy names is varied. */
const OPEN = {
  "s3:TlsVersion": ["1.2", "1.3"],
  "aws:SourceIp": [undefined, "130.176.64.10"],
  "aws:Referer": [undefined, "https://example.com/a"],
  "aws:UserAgent": ["Amazon CloudFront", "curl/8.5"],
  "aws:ViaAWSService": [undefined, "false", "true"],
  "kms:ViaService": ["s3.us-east-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"],
  "kms:CallerAccount": [undefined, ACCOUNT],
};
/** Of an identity nothing is known but who it is. */
const OPEN_OF_IDENTITY = {
  "aws:PrincipalOrgID": [undefined, "o-1a2b3c4d5e"],
  "aws:PrincipalIsAWSService": [undefined, "false"],
};

function product(dimensions) {
  return dimensions.reduce(
    (all, [key, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

function contexts(question) {
  const { reader } = question;
  const text = JSON.stringify(question.policy).toLowerCase();
  const named = ([key]) => text.includes(`"${key.toLowerCase()}"`);
  const tls = !(reader.guard.anonymous?.tls === false);
  const open = Object.entries({ ...OPEN, ...(reader.guard.identity ? OPEN_OF_IDENTITY : {}) });
  const dimensions = open.filter(named).filter(([key]) => tls || key !== "s3:TlsVersion");
  const fixed = {
    "aws:SecureTransport": String(tls),
    "aws:ResourceAccount": ACCOUNT,
    ...(question.action.startsWith("s3:") ? { "s3:ResourceAccount": ACCOUNT } : {}),
  };
  const sources = (reader.arns ?? [undefined]).map((arn) =>
    arn === undefined
      ? {}
      : {
          "aws:SourceArn": arn,
          "aws:SourceAccount": arn.split(":")[4],
          "aws:PrincipalIsAWSService": "true",
          "aws:PrincipalServiceName": "cloudfront.amazonaws.com",
        },
  );
  return product(dimensions).flatMap((one) => sources.map((source) => ({ ...fixed, ...source, ...one })));
}

/** The simulator knows no canonical users: one is another name for the identity's ARN. */
function withoutCanonicalUsers(policy) {
  return JSON.parse(JSON.stringify(policy), (_, value) => {
    if (value?.CanonicalUser === IDENTITY.canonicalUser) return { AWS: IDENTITY.arn };
    return value;
  });
}

function principal(reader) {
  if (reader.guard.anonymous) return anonymousPrincipal;
  return reader.guard.identity ? IDENTITY.arn : "cloudfront.amazonaws.com";
}

/** For each way that the request can be, whether it is allowed for each resource: `true` or `false`. */
export async function simulate(question) {
  const policy = withoutCanonicalUsers(question.policy);
  const { resource, reader } = question;
  const resources = resource.endsWith("*")
    ? OBJECTS.map((object) => resource.slice(0, -1) + object)
    : [resource];
  const answers = [];
  for (const context of contexts(question)) {
    const contextVariables = Object.fromEntries(Object.entries(context).filter(([, it]) => it !== undefined));
    const allowed = [];
    for (const each of resources) {
      const simulation = {
        request: {
          principal: principal(reader),
          action: question.action,
          resource: { resource: each, accountId: ACCOUNT },
          contextVariables,
        },
        // Of another account's user the simulator wants both: the guard asks about the resource's policy alone.
        identityPolicies: reader.guard.identity ? [ALL] : [],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: policy,
      };
      const result = await runSimulation(simulation, {});
      if (result.resultType === "error") throw new Error(JSON.stringify(result.errors));
      allowed.push(result.overallResult === "Allowed");
    }
    answers.push(allowed);
  }
  return answers;
}
