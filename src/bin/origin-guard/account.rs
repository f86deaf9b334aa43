//! The account that is asked, and what to do where there is none.

use origin_guard::aws::Aws;
use origin_guard::network::Network;
use origin_guard::settings::Settings;

use crate::input::trust;

/// Signs in, with the network where the settings let it be asked.
pub async fn sign_in(settings: &Settings) -> Result<(Aws, String), String> {
    let aws = Aws::load(&trust()?, settings.report_bucket.clone()).await;
    let account = aws.account().await;
    let account = account.map_err(|error| no_account(&error.to_string()))?;
    let aws = if settings.network == Some(false) {
        aws
    } else {
        aws.with_network(Network::system())
    };
    Ok((aws, account))
}

/// What is wrong with the credentials, and what can be checked without them.
fn no_account(error: &str) -> String {
    let is = |words: &[&str]| words.iter().any(|word| error.contains(word));
    let (problem, remedy) = if is(&["no credentials found", "no providers in chain"]) {
        (
            "there are no AWS credentials".to_owned(),
            "sign in (`aws login`, `aws sso login`, `aws configure`), or name a profile in AWS_PROFILE",
        )
    } else if is(&["xpired"]) {
        (
            format!("the AWS credentials are past their end: {error}"),
            "sign in again",
        )
    } else if is(&["could not be reached", "No answer", "timed out"]) {
        (
            format!("the account could not be asked: {error}"),
            "look at the network, AWS_REGION and AWS_ENDPOINT_URL",
        )
    } else {
        (
            format!("AWS does not take the credentials: {error}"),
            "sign in, or name another profile in AWS_PROFILE",
        )
    };
    format!(
        "{problem}\nhelp: {remedy}\nhelp: with --offline the form of origins, S3 domains, origin groups and \
         behaviors is checked without an account; buckets, policies, access controls and hosts are then \
         listed as not known"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_with_credentials_has_its_own_words_and_the_way_without() {
        let cases = [
            (
                "sts:GetCallerIdentity: AWS could not be reached (no credentials found in chain. Attempted:\n  Environment",
                "there are no AWS credentials\n",
            ),
            ("ExpiredToken: the token is expired", "past their end"),
            ("AWS could not be reached (dns error)", "could not be asked"),
            (
                "InvalidClientTokenId: the token is invalid",
                "does not take",
            ),
        ];
        for (error, words) in cases {
            let text = no_account(error);
            assert!(text.contains(words), "{error}: {text}");
            assert!(text.contains("--offline"), "{text}");
        }
    }
}
