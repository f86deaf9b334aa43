//! What CloudFormation knows of a deployment that is there, or that is prepared as a change set.

use crate::distribution::AccountId;
use crate::ids;

ids! {
    /// A stack by its name or its ARN.
    StackName
}

/// A stack as it is deployed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stack {
    /// Its ARN, which names its region and account.
    pub arn: String,
    /// The values of its parameters; those that are hidden are left out.
    pub parameters: Vec<(String, String)>,
    /// Its outputs by name.
    pub outputs: Vec<(String, String)>,
    /// The physical IDs of its resources, by logical ID.
    pub physical_ids: Vec<(String, String)>,
}

/// What a change set makes of a stack
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html>).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// Its ARN.
    pub arn: String,
    /// The ARN of its stack.
    pub stack: String,
    /// What it changes, in its order.
    pub changes: Vec<ResourceChange>,
}

/// One resource of a change set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceChange {
    /// Its logical ID.
    pub logical_id: String,
    /// Its physical ID, where it is there already.
    pub physical_id: Option<String>,
    /// Its type, such as `AWS::S3::Bucket`.
    pub kind: String,
    /// Whether it goes.
    pub is_removed: bool,
    /// What it is now: JSON with `Properties`.
    pub before: Option<String>,
    /// What it will be.
    pub after: Option<String>,
}

/// The region and the account in an ARN.
#[must_use]
pub fn place_of(arn: &str) -> (Option<String>, Option<AccountId>) {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next().filter(|it| !it.is_empty());
    let account = parts.next().and_then(AccountId::parse);
    (region.map(str::to_owned), account)
}
