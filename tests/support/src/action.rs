//! One operation at work: the world, the request, and whether IAM lets it.

use crate::http::{Call, Outcome, Refusal, Service};
use crate::route::Route;
use crate::world::World;
use crate::{cloudformation, cloudfront, codepipeline, edge, json, kms, lambda, query, s3};

pub(crate) struct Action<'a> {
    pub world: &'a mut World,
    pub call: &'a Call,
    pub route: &'a Route,
    /// A fault denies the operation.
    pub forbidden: bool,
}

impl Action<'_> {
    /// Lets the operation run.
    pub fn run(&mut self) -> Outcome {
        if !matches!(self.route.service, Service::S3 | Service::Edge) {
            self.allow(&self.resource())?;
            self.refuse_artifact_credentials()?;
        }
        match self.route.service {
            Service::S3 => s3::run(self),
            Service::CloudFormation => cloudformation::run(self),
            Service::CloudFront => cloudfront::run(self),
            Service::Edge => Ok(edge::answer(self.world, self.call).reply()),
            Service::CodePipeline => codepipeline::run(self),
            Service::Events => json::put_events(self),
            Service::Kms => kms::run(self),
            Service::Lambda => lambda::run(self),
            Service::Sns => query::sns(self),
            Service::Sts => query::sts(self),
        }
    }

    /// The bucket, distribution, job or topic; empty where there is none.
    pub fn subject(&self) -> &str {
        self.route.subject.as_deref().unwrap_or_default()
    }

    /// The account of the caller.
    pub fn account(&self) -> String {
        self.world.account_of(self.call.principal())
    }

    /// Refuses what `World::denied` or a fault denies.
    pub fn allow(&self, resource: &str) -> Result<(), Refusal> {
        let action = self.route.action();
        if self.forbidden || self.world.is_denied(&action) {
            Err(self.denial(&action, resource))
        } else {
            Ok(())
        }
    }

    /// The service's own way to say that IAM denies the action.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
    pub fn denial(&self, action: &str, resource: &str) -> Refusal {
        let message = format!(
            "User: arn:aws:sts::{}:assumed-role/origin-guard/origin-guard is not authorized to perform: {action} on resource: \
             {resource} because no identity-based policy allows the {action} action",
            self.account()
        );
        let (status, code) = match self.route.service {
            Service::S3
            | Service::CloudFormation
            | Service::CloudFront
            | Service::Sts
            | Service::Edge => (403, "AccessDenied"),
            Service::Lambda => (403, "AccessDeniedException"),
            Service::CodePipeline | Service::Events | Service::Kms => {
                (400, "AccessDeniedException")
            }
            Service::Sns => (403, "AuthorizationError"),
        };
        Refusal::new(status, code, message)
    }

    /// An operation that the double does not know; a test must notice.
    pub fn unknown(&mut self) -> Refusal {
        let what = format!(
            "{} {} ({})",
            self.call.method,
            self.call.path,
            self.route.name()
        );
        self.world
            .violation(format!("the double does not know the operation of {what}"));
        Refusal::new(
            501,
            "NotImplemented",
            format!("The double does not implement {what}"),
        )
    }

    /// Notes that a limit was broken, and refuses.
    pub fn broken(&mut self, status: u16, code: &str, message: impl Into<String>) -> Refusal {
        let message = message.into();
        self.world
            .violation(format!("{}: {message}", self.route.name()));
        Refusal::new(status, code, message)
    }

    /// Artifact credentials are scoped to the artifact store.
    fn refuse_artifact_credentials(&mut self) -> Result<(), Refusal> {
        if self.world.job_of(self.call.principal()).is_none() {
            return Ok(());
        }
        let name = self.route.name();
        self.world.violation(format!(
            "{name} was signed with the artifact credentials of a job"
        ));
        Err(self.denial(&self.route.action(), &self.resource()))
    }

    /// The ARN as IAM names it in a refusal.
    fn resource(&self) -> String {
        let (account, subject) = (&self.world.account, self.subject());
        match (self.route.service, self.route.operation.as_str()) {
            (Service::CloudFront, operation) if !subject.is_empty() => {
                let kind = match operation {
                    "GetOriginAccessControl" => "origin-access-control",
                    "GetCloudFrontOriginAccessIdentity" => "origin-access-identity",
                    "GetVpcOrigin" => "vpcorigin",
                    _ => "distribution",
                };
                format!("arn:aws:cloudfront::{account}:{kind}/{subject}")
            }
            (Service::Sns, _) => subject.to_owned(),
            (Service::Lambda, _) => {
                format!("arn:aws:lambda:us-east-1:{account}:function:{subject}")
            }
            (Service::Events, _) => format!(
                "arn:aws:events:us-east-1:{account}:event-bus/{}",
                if subject.is_empty() {
                    "default"
                } else {
                    subject
                }
            ),
            _ => "*".to_owned(),
        }
    }
}
