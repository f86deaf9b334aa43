# Written by tools/terraform_variables.py from template.yaml: `make docs`.

variable "package" {
  description = "Folder that `make package` has made, or that holds the files of a release in its layout"
  type        = string
}

variable "stack_name" {
  description = "Name of the CloudFormation stack"
  type        = string
  default     = "origin-guard"
}

variable "tags" {
  description = "Tags of the stack and of each of its resources that takes tags"
  type        = map(string)
  default     = {}
}

variable "code_bucket" {
  description = "Bucket, in the region of this stack, that holds the function's code."
  type        = string
}

variable "code_prefix" {
  description = "Prefix of the code in CodeBucket, before the version."
  type        = string
  default     = "origin-guard/"
}

variable "audit" {
  description = "Whether changes of distributions are audited. EventBridge gets CloudFront's API calls in us-east-1 only, and only if a CloudTrail trail is logging management events: deploy the stack there; pipelines of other regions invoke it by a cross-region action. `off` is for a second stack in another region: it judges candidates, but keeps no last known good config."
  type        = string
  default     = "on"
}

variable "notification_email" {
  description = "E-mail address for notifications and alarms; AWS sends it a link to confirm. Empty for no e-mail."
  type        = string
  default     = ""
}

variable "notify_pass" {
  description = "Whether a notification is sent for a change that passes the audit, too."
  type        = string
  default     = "false"
}

variable "event_bus_arn" {
  description = "ARN of an EventBridge bus, in the region of this stack, that gets each report as an event; a rule on it can forward them to a bus of another region. Empty for none."
  type        = string
  default     = ""
}

variable "existence_sweep" {
  description = "How often every distribution of the account is checked from its lists: which origin buckets are gone, and whose they are. It costs a call for each 100 distributions, one for the account's own buckets, and one for each bucket of another account. `rate(1 day)`, `cron(0 6 * * ? *)`, or `off`."
  type        = string
  default     = "rate(1 day)"
}

variable "full_sweep" {
  description = "How often grants, keys, access controls and hosts are checked too, and live configs are compared with what was last known good: two calls or more for each bucket. `off` for never."
  type        = string
  default     = "rate(7 days)"
}

variable "unknown" {
  description = "What a fact does that could not be checked (denied, throttled, timed out): `block` fails the job, `warn` only lists it. An action's UserParameters may set it for one pipeline."
  type        = string
  default     = "block"
}

variable "bucket_owners" {
  description = "Accounts other than this one that may own origin buckets, separated by commas."
  type        = string
  default     = ""
}

variable "contract" {
  description = "The contract file, as s3://bucket/key: what each origin must be, which accounts may own buckets, and what is waived. An action's UserParameters may name another one, in the input artifact or among ContractObjects."
  type        = string
  default     = ""
}

variable "contract_objects" {
  description = "ARNs, separated by commas, of the S3 objects that an action's UserParameters may name as contract: arn:aws:s3:::example-contracts/* for a whole bucket. Empty for none; the object in Contract and files of the artifact need no entry."
  type        = string
  default     = ""
}

variable "network" {
  description = "Whether the function resolves the domains of custom origins in DNS, and connects to them to read their certificates. It needs a route to the internet, which a function in a VPC may not have. public-dns is on, and says that the function's DNS servers answer as public DNS does, so that a name that does not exist blocks."
  type        = string
  default     = "off"
}

variable "edge" {
  description = "Whether an action with mode verify asks CloudFront's edge, one request for each behavior, by the distribution's own cloudfront.net name. It needs a route to the internet, which a function in a VPC may not have. Off, the action still waits for the deployment, and lists the edge as not asked."
  type        = string
  default     = "off"
}

variable "verify_minutes" {
  description = "How many minutes an action with mode verify waits for CloudFront to deploy, over all of its jobs, before it fails with the state that was reached. No function runs while it waits."
  type        = number
  default     = 60
}

variable "max_origins" {
  description = "This account's quota of origins per distribution. Empty is CloudFront's default, 100, above which is a warning."
  type        = string
  default     = ""
}

variable "max_origin_groups" {
  description = "This account's quota of origin groups per distribution. Empty is CloudFront's default, 10, above which is a warning."
  type        = string
  default     = ""
}

variable "max_behaviors" {
  description = "This account's quota of cache behaviors per distribution. Empty is CloudFront's default, 75, above which is a warning."
  type        = string
  default     = ""
}

variable "max_origin_headers" {
  description = "This account's quota of custom headers per origin. Empty is CloudFront's default, 30, above which is a warning."
  type        = string
  default     = ""
}

variable "architecture" {
  description = "What the function's binary was built for."
  type        = string
  default     = "arm64"
}

variable "memory_size" {
  description = "Megabytes of memory. Lambda allocates CPU in proportion: the function uses few megabytes, but TLS handshakes are faster with more."
  type        = number
  default     = 256
}

variable "timeout" {
  description = "Timeout of an invocation in seconds. A job is answered before it is over."
  type        = number
  default     = 60
}

variable "max_artifact_megabytes" {
  description = "The largest input artifact that is read, in megabytes; a larger one is refused. It is held in memory: half of what MemorySize has above 64 is a bound too."
  type        = number
  default     = 100
}

variable "max_candidate_megabytes" {
  description = "The largest candidate file in an artifact, in megabytes."
  type        = number
  default     = 10
}

variable "max_distributions" {
  description = "Distributions that one job may hold. Empty is 500."
  type        = string
  default     = ""
}

variable "max_parts" {
  description = "Origins, origin groups and cache behaviors that one job may hold, baselines included. Empty is 16 for each megabyte of MemorySize."
  type        = string
  default     = ""
}

variable "max_subjects" {
  description = "Buckets, access controls, keys and hosts that one invocation may ask about, with eight requests each at most. Empty is 4 for each megabyte of MemorySize, and 1,000 at most."
  type        = string
  default     = ""
}

variable "log_level" {
  description = "How much the function logs. Credentials are logged at no level."
  type        = string
  default     = "info"
}

variable "reserved_concurrency" {
  description = "Invocations that may run at once, reserved for this function. Empty for the account's pool."
  type        = string
  default     = ""
}

variable "tracing" {
  description = "X-Ray tracing. `Active` sends traces of the function's invocations to X-Ray, and lets the function write them; `PassThrough` does not."
  type        = string
  default     = "PassThrough"
}

variable "origin_buckets" {
  description = "ARNs, separated by commas, of the buckets that the function may check: arn:aws:s3:::example-*. Empty for every bucket. s3:ListBucket, which HeadBucket needs, also allows listing the names of a bucket's objects: the function asks for one, to see whether a bucket is empty, and keeps none. A bucket outside the list could not be checked, which blocks unless Unknown is `warn`."
  type        = string
  default     = ""
}

variable "stacks" {
  description = "ARNs, separated by commas, of the stacks whose parameters, outputs, resources and change sets the function may read for an action whose UserParameters name a stack: arn:aws:cloudformation:*:111122223333:stack/site-*/*. Empty for every stack of this account."
  type        = string
  default     = ""
}

variable "rules_url" {
  description = "Address of the rules' pages, as `origin-guard rules --site` writes them, which reports then link to. Empty for none."
  type        = string
  default     = ""
}

variable "job_details" {
  description = "Whether the function calls codepipeline:GetJobDetails for the names of the pipeline, stage and action, which the report then has. CodePipeline's answer also holds the job's credentials for its artifacts, and the permission has no resource: it is for jobs of every pipeline."
  type        = string
  default     = "off"
}

variable "permissions_boundary" {
  description = "ARN of the managed policy that bounds the function's role. Empty for none."
  type        = string
  default     = ""
}

variable "role_path" {
  description = "IAM path of the function's role, such as /platform/."
  type        = string
  default     = "/"
}

variable "subnet_ids" {
  description = "Subnets of a VPC for the function, separated by commas; with SecurityGroupIds. They need a route (a NAT gateway, or interface endpoints) to every AWS API that the function calls: CloudFront, S3, KMS, CloudFormation, CodePipeline, SNS and EventBridge. Empty for no VPC."
  type        = string
  default     = ""
}

variable "security_group_ids" {
  description = "Security groups of the function in the VPC; with SubnetIds. Outbound HTTPS is enough."
  type        = string
  default     = ""
}

variable "report_key_arn" {
  description = "KMS key that encrypts the report bucket. Readers of reports need kms:Decrypt on it. Empty for S3's own keys (SSE-S3)."
  type        = string
  default     = ""
}

variable "log_key_arn" {
  description = "KMS key that encrypts the function's log. Its key policy must allow CloudWatch Logs of this region to use it. Empty for the service's own keys."
  type        = string
  default     = ""
}

variable "environment_key_arn" {
  description = "KMS key that encrypts the function's environment variables, which hold settings and no secrets. Empty for Lambda's own key."
  type        = string
  default     = ""
}

variable "access_log_bucket" {
  description = "Bucket that gets the server access log of the report bucket, under the stack's name. Its policy must let logging.s3.amazonaws.com put objects. Empty for no access log."
  type        = string
  default     = ""
}

variable "report_retention_days" {
  description = "Days until a stored report expires. Last known good configs do not expire."
  type        = number
  default     = 365
}

variable "log_retention_days" {
  description = "Days until a log line expires."
  type        = number
  default     = 90
}

locals {
  parameters = {
    CodeBucket            = var.code_bucket
    CodePrefix            = var.code_prefix
    Audit                 = var.audit
    NotificationEmail     = var.notification_email
    NotifyPass            = var.notify_pass
    EventBusArn           = var.event_bus_arn
    ExistenceSweep        = var.existence_sweep
    FullSweep             = var.full_sweep
    Unknown               = var.unknown
    BucketOwners          = var.bucket_owners
    Contract              = var.contract
    ContractObjects       = var.contract_objects
    Network               = var.network
    Edge                  = var.edge
    VerifyMinutes         = var.verify_minutes
    MaxOrigins            = var.max_origins
    MaxOriginGroups       = var.max_origin_groups
    MaxBehaviors          = var.max_behaviors
    MaxOriginHeaders      = var.max_origin_headers
    Architecture          = var.architecture
    MemorySize            = var.memory_size
    Timeout               = var.timeout
    MaxArtifactMegabytes  = var.max_artifact_megabytes
    MaxCandidateMegabytes = var.max_candidate_megabytes
    MaxDistributions      = var.max_distributions
    MaxParts              = var.max_parts
    MaxSubjects           = var.max_subjects
    LogLevel              = var.log_level
    ReservedConcurrency   = var.reserved_concurrency
    Tracing               = var.tracing
    OriginBuckets         = var.origin_buckets
    Stacks                = var.stacks
    RulesUrl              = var.rules_url
    JobDetails            = var.job_details
    PermissionsBoundary   = var.permissions_boundary
    RolePath              = var.role_path
    SubnetIds             = var.subnet_ids
    SecurityGroupIds      = var.security_group_ids
    ReportKeyArn          = var.report_key_arn
    LogKeyArn             = var.log_key_arn
    EnvironmentKeyArn     = var.environment_key_arn
    AccessLogBucket       = var.access_log_bucket
    ReportRetentionDays   = var.report_retention_days
    LogRetentionDays      = var.log_retention_days
  }
}
