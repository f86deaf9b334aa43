use std::fmt;

use serde::{Deserialize, Serialize};

/// The ID of an AWS account: 12 digits
/// (<https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html>).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
// As digits and not as a number, since IDs begin with zeros and are compared with texts of policies;
// copied, since every question about a bucket carries two of them.
pub struct AccountId([u8; 12]);

/// Why a text is no account's ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the ID of an account, which has 12 digits")]
pub struct AccountIdError(String);

impl AccountId {
    /// Reads 12 digits. An expression for an account, such as `${AWS::AccountId}`, is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 12] = text.as_bytes().try_into().ok()?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(Self(digits))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Digits are UTF-8.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl TryFrom<String> for AccountId {
    type Error = AccountIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(AccountIdError(text))
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AccountId").field(&self.as_str()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_from_12_digits_and_nothing_else() {
        let id = AccountId::parse("012345678901").unwrap();
        assert_eq!(id.to_string(), "012345678901");
        assert_eq!(format!("{id:?}"), "AccountId(\"012345678901\")");
        for other in [
            "",
            "01234567890",
            "0123456789012",
            "01234567890x",
            "${AWS::AccountId}",
        ] {
            assert_eq!(AccountId::parse(other), None, "{other}");
        }
    }

    #[test]
    fn is_a_string_in_json() {
        let id = AccountId::parse("012345678901").unwrap();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"012345678901\"");
        assert_eq!(serde_json::from_str::<AccountId>(&json).unwrap(), id);
        let error = serde_json::from_str::<AccountId>("\"here\"").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("`here` is not the ID of an account"),
            "{error}"
        );
    }
}
