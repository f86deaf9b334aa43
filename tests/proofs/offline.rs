//! `check --offline`, on candidates that are read already.

use origin_guard::candidate::Candidate;
use origin_guard::guard::{Candidates, CheckOptions, Checked, Session, check};
use origin_guard::ports::Offline;
use origin_guard::rules::Selection;
use origin_guard::settings::Settings;

pub(crate) async fn checked(candidates: Vec<Candidate>) -> Vec<Checked> {
    let session = Session::open(&Offline, None);
    let options = CheckOptions {
        candidates: Candidates::Read(candidates),
        distribution: None,
        against: None,
        contract: None,
        selection: &Selection::default(),
        settings: &Settings::default(),
    };
    check(&session, &Offline, options).await.unwrap()
}
