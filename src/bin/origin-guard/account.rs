//! The account that is asked, and what to do where there is none.

use origin_guard::aws::{Aws, Failure, NoAccount};
use origin_guard::network::Network;
use origin_guard::settings::{NetworkUse, Settings};

use crate::input::trust;

/// Signs in, with the network where the settings let it be asked.
pub(crate) async fn sign_in(settings: &Settings) -> Result<(Aws, String), String> {
    let aws = Aws::load(&trust()?, settings.report_bucket.clone()).await;
    let account = aws.account().await;
    let account = account.map_err(|why| no_account(&why))?;
    let aws = match settings.network {
        Some(NetworkUse::Off) => aws,
        None | Some(NetworkUse::On) => aws.with_network(Network::system()),
        Some(NetworkUse::PublicDns) => aws.with_network(Network::on_public_dns()),
    };
    Ok((aws, account))
}

/// What is wrong with the credentials, and what can be checked without them.
fn no_account(why: &NoAccount) -> String {
    const SIGN_IN: &str = "sign in, or name another profile in AWS_PROFILE";
    let (problem, remedy) = match why {
        NoAccount::NoCredentials => (
            "there are no AWS credentials".to_owned(),
            "sign in (`aws login`, `aws sso login`, `aws configure`), or name a profile in AWS_PROFILE",
        ),
        NoAccount::NotLoaded(problem) => (
            format!("the AWS credentials could not be loaded: {problem}"),
            SIGN_IN,
        ),
        NoAccount::NotTold(Failure::Expired(problem)) => (
            format!("the AWS credentials are past their end: {problem}"),
            "sign in again",
        ),
        NoAccount::NotTold(failure @ (Failure::Denied(_) | Failure::NotFound(_))) => (
            format!("AWS does not take the credentials: {failure}"),
            SIGN_IN,
        ),
        NoAccount::NotTold(failure) => (
            format!("the account could not be asked: {failure}"),
            "check the network, AWS_REGION and AWS_ENDPOINT_URL, then run it again",
        ),
    };
    format!(
        "{problem}\nhelp: {remedy}\nhelp: `origin-guard check --offline` checks the form of origins, S3 domains, \
         origin groups and behaviors without an account; buckets, policies, access controls and hosts are \
         then listed as not known"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_with_credentials_has_its_own_words_and_the_way_without() {
        let text = || "a text of AWS".to_owned();
        let unavailable = Failure::Service {
            status: 503,
            code: "ServiceUnavailable".to_owned(),
            message: text(),
        };
        let cases = [
            (NoAccount::NoCredentials, "there are no AWS credentials\n"),
            (NoAccount::NotLoaded(text()), "could not be loaded"),
            (
                NoAccount::NotTold(Failure::Expired(text())),
                "past their end",
            ),
            (NoAccount::NotTold(Failure::Denied(text())), "does not take"),
            (NoAccount::NotTold(Failure::TimedOut), "could not be asked"),
            (NoAccount::NotTold(Failure::Throttled), "could not be asked"),
            (
                NoAccount::NotTold(Failure::Unreachable(text())),
                "could not be asked",
            ),
            (NoAccount::NotTold(unavailable), "could not be asked"),
        ];
        for (why, words) in cases {
            let text = no_account(&why);
            assert!(text.contains(words), "{why:?}: {text}");
            assert!(text.contains("--offline"), "{text}");
        }
    }
}
