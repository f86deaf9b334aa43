//! What resources are called after the plan is applied.

use super::plan::{Plan, Resource};
use super::references::Scope;
use crate::document::{Expression, Nature, Referent, Symbol};

/// Settings of buckets that name a bucket by what others of them name.
const MAX_DEPTH: usize = 5;

/// The name, ID or ARN of a resource: its own where the plan has it, else `${address}`.
pub(super) fn name_of(resource: &Resource, attribute: &str) -> Expression {
    if let Some(known) = resource.name(attribute) {
        return Expression::known(known);
    }
    let symbol = Symbol {
        referent: Referent::Attribute {
            of: resource.address.clone(),
            attribute: attribute.to_owned(),
        },
        nature: Nature::Any,
    };
    Expression::of(format!("${{{}}}", resource.address), symbol)
}

/// The name of the bucket that a resource beside it is for, where the plan says that.
pub(super) fn bucket_of(plan: &Plan, resource: &Resource) -> Option<Expression> {
    bucket_within(plan, resource, MAX_DEPTH)
}

fn bucket_within(plan: &Plan, resource: &Resource, depth: usize) -> Option<Expression> {
    if let Some(name) = resource.name("bucket") {
        return Some(Expression::known(name));
    }
    let (expressions, scope) = Scope::of(plan, &resource.address)?;
    // `bucket = aws_s3_bucket.site.id` is not known before the bucket is made, but the
    // configuration says which resource it will be.
    let (named, _) = scope.resolve(expressions.get("bucket")?)?.resource?;
    match named.kind.as_str() {
        "aws_s3_bucket" => Some(name_of(named, "bucket")),
        // Policies are often written with the bucket of another setting, so that Terraform makes
        // them in order.
        kind if kind.starts_with("aws_s3_bucket_") => {
            bucket_within(plan, named, depth.checked_sub(1)?)
        }
        _ => None,
    }
}
