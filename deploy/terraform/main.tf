# Origin Guard from what `make package` makes, or a release has: no Rust, SAM or Zig. The stack is
# packaged.yaml, so that it is the same function, roles and alarms as by CloudFormation.
#
# The audit needs a provider in us-east-1: CloudFront's events arrive in that Region only.

locals {
  # <version>/bootstrap-<architecture>.zip, the key that packaged.yaml expects below its prefix.
  code = one(fileset(var.package, "*/bootstrap-${var.architecture}.zip"))
}

data "aws_s3_bucket" "code" {
  bucket = var.code_bucket
}

resource "aws_s3_object" "code" {
  bucket      = data.aws_s3_bucket.code.id
  key         = "${var.code_prefix}${local.code}"
  source      = "${var.package}/${local.code}"
  source_hash = filemd5("${var.package}/${local.code}")
}

# By URL, since a template in a call may have 51,200 bytes at most.
resource "aws_s3_object" "template" {
  bucket      = data.aws_s3_bucket.code.id
  key         = "${var.code_prefix}packaged-${filemd5("${var.package}/packaged.yaml")}.yaml"
  source      = "${var.package}/packaged.yaml"
  source_hash = filemd5("${var.package}/packaged.yaml")
}

resource "aws_cloudformation_stack" "origin_guard" {
  #checkov:skip=CKV_AWS_124:Terraform itself reports what becomes of the stack
  name         = var.stack_name
  template_url = "https://${data.aws_s3_bucket.code.bucket_regional_domain_name}/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
  parameters   = local.parameters
  tags         = var.tags

  depends_on = [aws_s3_object.code]
}
