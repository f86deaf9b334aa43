//! What the account lists, page by page: a list that cannot be read whole is an error, never a shorter
//! list.

use std::time::Duration;

use aws_double::{Fault, FaultKind};
use origin_guard::candidate::Listed;
use origin_guard::change::{Reason, difference};
use origin_guard::distribution::DistributionId;
use origin_guard::error::GuardError;
use origin_guard::ports::{Account as _, listed};
use serde_json::json;

use crate::stage::{ACCOUNT, DISTRIBUTION, HEADER_VALUE, Stage, site};

const LIST: &str = "cloudfront:ListDistributions";

/// A stage with two more distributions, one distribution a page.
async fn stage() -> Stage {
    let stage = Stage::impatient().await;
    {
        let mut world = stage.double.world();
        world.page_size = 1;
        let mut tenants = site();
        tenants["Aliases"] = json!({"Quantity": 0});
        tenants["ConnectionMode"] = "tenant-only".into();
        tenants["TenantConfig"] = json!({"ParameterDefinitions": [{"Name": "shop",
            "Definition": {"StringSchema": {"Required": true}}}]});
        world.distribution("E3EXAMPLE3GUARD", tenants);
        let mut disabled = site();
        disabled["Aliases"] = json!({"Quantity": 0});
        disabled["Enabled"] = false.into();
        world.distribution("E4EXAMPLE4GUARD", disabled);
        let other = world.distribution("E5OTHER", site());
        "444455556666".clone_into(&mut other.owner);
    }
    stage
}

async fn all(stage: &Stage) -> Result<Vec<Listed>, GuardError> {
    let mut all = Vec::new();
    listed(&stage.aws(), |item| all.push(item.unwrap())).await?;
    Ok(all)
}

#[tokio::test]
async fn every_distribution_is_listed_as_it_is_live_but_for_what_the_list_leaves_out() {
    let stage = stage().await;
    let all = all(&stage).await.unwrap();
    let ids = all.iter().flat_map(|it| &it.distribution.id);
    let ids: Vec<_> = ids.map(DistributionId::as_str).collect();
    assert_eq!(ids, [DISTRIBUTION, "E3EXAMPLE3GUARD", "E4EXAMPLE4GUARD"]);
    assert_eq!(stage.double.world().calls()[LIST], 3);
    for it in &all {
        let list = &it.distribution;
        let live = stage.aws().live(list.id.as_ref().unwrap()).await.unwrap();
        let live = live.distribution;
        assert_eq!(
            (&list.arn, &list.domain_name, &list.etag),
            (&live.arn, &live.domain_name, &live.etag)
        );
        assert_eq!(
            (&list.origins, &list.behaviors),
            (&live.origins, &live.behaviors)
        );
        assert_eq!(
            (list.enabled, list.multi_tenant),
            (live.enabled, live.multi_tenant)
        );
        let difference = difference(&live, list);
        assert!(
            difference.changes.is_empty() && difference.outside.is_empty(),
            "{difference:#?}"
        );
        let omitted = difference.open.iter();
        assert!(omitted.filter(|it| it.reason == Reason::Omitted).count() == 5);
        assert!(!format!("{it:?}").contains(HEADER_VALUE));
        assert_eq!(it.status, "Deployed");
        assert!(it.last_modified.starts_with("20"), "{}", it.last_modified);
    }
    // Its parameters are not in the list, so that none of them is missing.
    assert_eq!(all[1].distribution.tenant_parameters, None);
}

#[tokio::test]
async fn a_page_that_fails_or_is_cut_is_an_error() {
    let kinds = [
        FaultKind::Status(500, "InternalFailure".to_owned()),
        FaultKind::Status(403, "AccessDenied".to_owned()),
        FaultKind::Throttle,
        FaultKind::Reset,
        FaultKind::Garbage,
        FaultKind::Cut,
        FaultKind::Stall,
        FaultKind::Hang,
    ];
    for kind in kinds {
        let stage = stage().await;
        let fault = Fault::new(LIST, kind.clone()).after(1);
        stage.double.world().fault(fault);
        let error = all(&stage).await.unwrap_err().to_string();
        assert!(error.contains(LIST), "{kind:?}: {error}");
    }
}

#[tokio::test]
async fn a_call_that_is_throttled_is_made_again_and_loses_nothing() {
    let stage = stage().await;
    for spared in [0, 1, 2] {
        let fault = Fault::new(LIST, FaultKind::Throttle).after(spared);
        stage.double.world().fault(fault.times(1));
    }
    let delay = FaultKind::Delay(Duration::from_millis(50));
    stage.double.world().fault(Fault::new(LIST, delay));
    assert_eq!(all(&stage).await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_accounts_own_buckets_are_listed_whole() {
    let stage = Stage::new().await;
    let there = stage.double.world().buckets.len();
    {
        let mut world = stage.double.world();
        for number in 0..10_001 {
            world.bucket(&format!("example-{number}"), "eu-west-1");
        }
        let foreign = world.bucket("example-foreign", "eu-west-1");
        foreign.owned_by("444455556666");
    }
    let own = stage.aws().own_buckets().await.unwrap();
    assert_eq!(own.len(), there + 10_001, "of {ACCOUNT}");
    let regions = own
        .iter()
        .find(|(name, _)| name.as_str() == "example-media");
    let region = regions.unwrap().1.as_ref().unwrap();
    assert_eq!(region.as_str(), "us-east-1");
    assert_eq!(stage.double.world().calls()["s3:ListBuckets"], 2);
    let fault = Fault::new("s3:ListBuckets", FaultKind::Cut).after(1);
    stage.double.world().fault(fault);
    assert!(stage.aws().own_buckets().await.is_err());
    stage.double.world().faults.clear();
    stage.double.world().deny("s3:ListAllMyBuckets");
    let error = stage.aws().own_buckets().await.unwrap_err();
    assert!(error.to_string().contains("s3:ListAllMyBuckets"), "{error}");
}
