//! The values of a report that have a fixed spelling.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An enum whose values are words in JSON. A later version may write others: they are read as `Other`,
/// so that its reports can be read.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$of:meta])* $variant:ident = $word:literal,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$of])* $variant,)*
            /// A value of a later version.
            Other,
        }

        impl $name {
            /// The word in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other => "other",
                }
            }

            fn of_name(name: &str) -> Self {
                match name {
                    $($word => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|name| Self::of_name(&name))
            }
        }

        #[cfg(feature = "cli")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let words = [$($word,)* "other"];
                schemars::json_schema!({"type": "string", "enum": words})
            }
        }

        impl crate::report::Clean for $name {
            fn each_text(&mut self, _: &dyn Fn(&mut String)) {}
        }
    )*};
}

words! {
    /// Whether the candidate may be deployed.
    Verdict {
        /// No finding blocks, and nothing that blocks is unknown.
        Pass = "pass",
        /// A finding blocks.
        Block = "block",
        /// Something that blocks could not be checked.
        Inconclusive = "inconclusive",
    }

    /// The ways into Origin Guard.
    Mode {
        /// A CodePipeline action, before the deployment.
        Gate = "gate",
        /// A change that CloudTrail recorded.
        Audit = "audit",
        /// Every distribution of the account, by a schedule or by hand.
        Sweep = "sweep",
        /// The command line.
        Check = "check",
        /// A CodePipeline action or the command line, after the deployment.
        Verify = "verify",
    }

    /// The phases, in their order.
    PhaseName {
        /// Origins, their access, and origin groups.
        OriginMap = "origin-map",
        /// Cache behaviors.
        Behaviors = "behaviors",
        /// What the edge answers after a deployment.
        Edge = "edge",
    }

    /// What a question to the edge came to.
    EdgeOutcome {
        /// The origin answered.
        Reached = "reached",
        /// The answer is what the contract declares; what made it is not proven.
        AsDeclared = "as-declared",
        /// The origin refused the request, and the missing statement is known.
        DeniedByOrigin = "denied-by-origin",
        /// The bucket is not there.
        BucketGone = "bucket-gone",
        /// The bucket is in another Region.
        WrongRegion = "wrong-region",
        /// CloudFront cannot reach the origin.
        OriginUnreachable = "origin-unreachable",
        /// The answer is not what the contract declares.
        NotAsDeclared = "not-as-declared",
        /// The site's own config stands before the origin, so that nothing is proven.
        NotDecidable = "not-decidable",
        /// No answer, or none with an explanation.
        CouldNotBeChecked = "could-not-be-checked",
        /// It was not asked.
        NotAsked = "not-asked",
    }

    /// How a phase ended.
    PhaseStatus {
        /// Nothing blocks.
        Passed = "passed",
        /// A finding blocks.
        Blocked = "blocked",
        /// Something that blocks could not be checked.
        Inconclusive = "inconclusive",
    }

    /// How much a finding weighs.
    Severity {
        /// It blocks.
        Error = "error",
        /// It works now and is known to break, or is not what its author meant.
        Warning = "warning",
        /// Worth knowing.
        Info = "info",
    }

    /// The state of an origin, origin group or cache behavior.
    Status {
        /// No finding blocks, and all of it is known.
        Ok = "ok",
        /// A finding blocks.
        Broken = "broken",
        /// Something of it is not known.
        Unknown = "unknown",
    }

    /// The type of an origin.
    OriginType {
        /// A bucket through S3's API.
        S3 = "s3",
        /// A bucket's website endpoint.
        S3Website = "s3-website",
        /// Any other host.
        Custom = "custom",
        /// A VPC origin.
        Vpc = "vpc",
        /// More than one of them, or none.
        Ambiguous = "ambiguous",
        /// Decided by the deployment.
        Undecided = "undecided",
    }

    /// What the target of a cache behavior is.
    ResolvesTo {
        /// An origin.
        Origin = "origin",
        /// An origin group.
        Group = "group",
        /// Nothing that the candidate defines.
        Missing = "missing",
        /// Decided by the deployment.
        Undecided = "undecided",
    }

    /// What happened against the baseline.
    ChangeKind {
        /// Only the candidate has it.
        Added = "added",
        /// Only the baseline has it.
        Removed = "removed",
        /// Both have it, with other values.
        Changed = "changed",
        /// Both have it, under another ID.
        Renamed = "renamed",
    }

    /// The kinds of places that candidates come from.
    Source {
        /// A file of a pipeline's input artifact.
        Artifact = "artifact",
        /// A file named at the command line.
        File = "file",
        /// What CloudFront runs.
        Live = "live",
        /// The request or answer that CloudTrail recorded.
        Event = "event",
        /// What was stored after the last pass.
        LastGood = "last-good",
        /// A change set of CloudFormation.
        ChangeSet = "change-set",
    }

    /// The forms in which candidates come.
    Format {
        /// CloudFront's own.
        DistributionConfig = "distribution-config",
        /// A CloudFormation template, of SAM and the CDK too.
        CloudFormation = "cloudformation",
        /// A plan of Terraform or OpenTofu.
        TerraformPlan = "terraform-plan",
        /// A change set of CloudFormation.
        ChangeSet = "change-set",
    }

    /// Where a baseline is from; a format where the candidate's own document says what is there now.
    BaselineSource {
        /// What was stored after the last pass.
        LastGood = "last-good",
        /// What CloudFront runs.
        Live = "live",
        /// A file of a pipeline's input artifact.
        Artifact = "artifact",
        /// A file named at the command line.
        File = "file",
        /// A Terraform plan's values before the change.
        TerraformPlan = "terraform-plan",
        /// A change set's values before the change.
        ChangeSet = "change-set",
    }

    /// Why a fact is not known.
    UnknownKind {
        /// Refused, throttled, timed out or failed.
        CouldNotCheck = "could-not-check",
        /// The deployment decides it.
        NotDecidedYet = "not-decided-yet",
        /// It depends on what no call returns.
        NotDecidable = "not-decidable",
        /// A setting or option left the probe out.
        NotAskedFor = "not-asked-for",
    }

    /// What a change is about.
    SubjectKind {
        /// An origin, by its ID.
        Origin = "origin",
        /// An origin group, by its ID.
        OriginGroup = "origin-group",
        /// A cache behavior, by its path pattern.
        CacheBehavior = "cache-behavior",
        /// The default cache behavior.
        DefaultCacheBehavior = "default-cache-behavior",
        /// The order of the cache behaviors.
        Precedence = "precedence",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_a_later_version_is_read() {
        let read = |text: &str| serde_json::from_str::<Mode>(text).unwrap();
        assert_eq!(read("\"gate\""), Mode::Gate);
        assert_eq!(read("\"later\""), Mode::Other);
        assert_eq!(serde_json::to_string(&Mode::Audit).unwrap(), "\"audit\"");
    }
}
