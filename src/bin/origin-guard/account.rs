//! The account that is asked, and what to do where there is none.

use std::process::ExitCode;

use origin_guard::aws::{Aws, Failure, Login, NoAccount};
use origin_guard::distribution::AccountId;
use origin_guard::guard::Session;
use origin_guard::network::Network;
use origin_guard::ports::{Account, Memory, Offline};
use origin_guard::settings::{NetworkUse, Settings, profile};

use crate::arguments::Credentials;
use crate::input::trust;
use crate::problem::Problem;

/// What is done in a session, whichever account that is on.
pub(crate) trait Work {
    async fn run<A: Account + Memory>(self, session: Session<'_, A>) -> Result<ExitCode, Problem>;
}

/// Where facts are asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access<'a> {
    /// Nowhere.
    Offline,
    /// In the account of these credentials.
    SignedIn(&'a Credentials),
}

impl<'a> Access<'a> {
    pub(crate) fn of(offline: bool, credentials: &'a Credentials) -> Self {
        if offline {
            Self::Offline
        } else {
            Self::SignedIn(credentials)
        }
    }
}

/// What a command does without an account: the last line of help where signing in fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithoutAccount {
    Check,
    Plan,
    Trace,
    Diff,
    Contract,
    Uses,
    Sweep,
    Verify,
}

impl WithoutAccount {
    fn help(self) -> &'static str {
        match self {
            Self::Check => {
                "`origin-guard check --offline FILE` checks the form of origins, S3 domains, origin \
                 groups and behaviors without an account; buckets, policies, access controls and hosts \
                 are then listed as not known"
            }
            Self::Plan => {
                "`origin-guard plan --offline CANDIDATE --baseline FILE` writes the configs without an \
                 account; buckets, policies, access controls and hosts are then listed as not known"
            }
            Self::Uses => {
                "the list of distributions and the index are both in the account, so that nothing is \
                 known of what uses it"
            }
            Self::Sweep => {
                "`origin-guard check --offline FILE` checks a config in a file without an account; what is \
                 live is in the account"
            }
            Self::Verify => {
                "`origin-guard trace FILE PATH --answer FILE` says without an account what an answer of \
                 the edge proves"
            }
            Self::Trace => {
                "`origin-guard trace FILE PATH` traces a config in a file without an account; what S3 \
                 answers is then listed for both cases"
            }
            Self::Diff => "`origin-guard diff FILE FILE` compares two files without an account",
            Self::Contract => {
                "`origin-guard contract init FILE` reads the config from a file, without an account"
            }
        }
    }
}

/// Does work on the account that is signed in to, or offline.
pub(crate) async fn in_session(
    access: Access<'_>,
    settings: &Settings,
    without: WithoutAccount,
    work: impl Work,
) -> Result<ExitCode, Problem> {
    match access {
        Access::Offline => Box::pin(work.run(Session::open(&Offline, None))).await,
        Access::SignedIn(credentials) => {
            let (aws, account) = sign_in(settings, credentials, without).await?;
            Box::pin(work.run(Session::open(&aws, Some(account)))).await
        }
    }
}

/// Signs in, with the network where the settings let it be asked.
pub(crate) async fn sign_in(
    settings: &Settings,
    credentials: &Credentials,
    without: WithoutAccount,
) -> Result<(Aws, AccountId), Problem> {
    let login = Login {
        profile: credentials.profile.clone(),
        region: credentials.region.clone(),
    };
    let aws = Aws::load(&trust()?, settings.report_bucket.clone(), login).await;
    // Before anything is asked: without the account's ID every bucket would be of an unknown owner,
    // and bad credentials are found in one call.
    let account = aws.account().await;
    let profile = credentials.profile.clone().or_else(profile);
    let account =
        account.map_err(|why| no_account(&why, profile.as_deref()).help(without.help()))?;
    let aws = match settings.network {
        Some(NetworkUse::Off) => aws,
        // On a person's machine the network is on unless it is switched off; in the function it is
        // the other way.
        None | Some(NetworkUse::On) => aws.with_network(Network::system()),
        Some(NetworkUse::PublicDns) => aws.with_network(Network::on_public_dns()),
    };
    Ok((aws, account))
}

/// What is wrong with the credentials.
fn no_account(why: &NoAccount, profile: Option<&str>) -> Problem {
    const SIGN_IN: &str = "sign in, or name another profile with --profile";
    const LIST: &str = "`aws configure list-profiles` lists the profiles";
    let (problem, remedy) = match (why, profile) {
        (NoAccount::NoCredentials, Some(name)) => (
            format!("there is no AWS profile `{name}`, or it has no credentials"),
            LIST,
        ),
        (NoAccount::NoCredentials, None) => (
            "there are no AWS credentials".to_owned(),
            "sign in (`aws login`, `aws sso login`, `aws configure`), or name a profile with --profile",
        ),
        (NoAccount::NoProfile(name), _) => (format!("there is no AWS profile `{name}`"), LIST),
        (NoAccount::NotLoaded(problem), _) => (
            format!("the AWS credentials could not be loaded: {problem}"),
            SIGN_IN,
        ),
        (NoAccount::NotIdentified(Failure::Expired(problem)), _) => (
            format!("the AWS credentials have expired: {problem}"),
            "sign in again: `aws sso login`, or whatever made them",
        ),
        (NoAccount::NotIdentified(failure @ (Failure::Denied(_) | Failure::NotFound(_))), _) => (
            format!("AWS does not take the credentials: {failure}"),
            SIGN_IN,
        ),
        (NoAccount::NotIdentified(failure), _) => (
            format!("the account could not be asked: {failure}"),
            "check the network, --region (AWS_REGION) and AWS_ENDPOINT_URL, then run it again",
        ),
    };
    Problem::new(problem).help(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_with_credentials_has_its_own_words() {
        let text = || "a text of AWS".to_owned();
        let unavailable = Failure::Service {
            status: 503,
            code: "ServiceUnavailable".to_owned(),
            message: text(),
        };
        let cases = [
            (NoAccount::NoCredentials, "there are no AWS credentials\n"),
            (
                NoAccount::NoProfile("prod".to_owned()),
                "no AWS profile `prod`\nhelp: `aws configure list-profiles`",
            ),
            (NoAccount::NotLoaded(text()), "could not be loaded"),
            (
                NoAccount::NotIdentified(Failure::Expired(text())),
                "have expired: a text of AWS\nhelp: sign in again: `aws sso login`",
            ),
            (
                NoAccount::NotIdentified(Failure::Denied(text())),
                "does not take",
            ),
            (
                NoAccount::NotIdentified(Failure::TimedOut),
                "could not be asked",
            ),
            (
                NoAccount::NotIdentified(Failure::Throttled),
                "could not be asked",
            ),
            (
                NoAccount::NotIdentified(Failure::Unreachable(text())),
                "could not be asked",
            ),
            (NoAccount::NotIdentified(unavailable), "could not be asked"),
        ];
        for (why, words) in cases {
            let text = no_account(&why, None).to_string();
            assert!(text.contains(words), "{why:?}: {text}");
        }
        let text = no_account(&NoAccount::NoCredentials, Some("prod")).to_string();
        assert!(text.contains("AWS profile `prod`, or it has no"), "{text}");
    }
}
