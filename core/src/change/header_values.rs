//! The values of origin headers, which are secrets: the guard does not read them from CloudFront, so
//! a config that is to be deployed takes them from elsewhere, or is not made.

use serde_json::Value;

use super::rollout::{items, items_mut};

pub use crate::distribution::HIDDEN;

/// Gives the hidden headers of `live` the values that `candidate` has for the same header of the
/// same origin, and says how many.
pub fn fill_in(live: &mut Value, candidate: &Value) -> usize {
    let mut filled = 0;
    for origin in items_mut(live, "Origins") {
        let id = origin["Id"].clone();
        for header in items_mut(origin, "CustomHeaders").filter(|it| is_hidden(it)) {
            if let Some(value) = value_of(candidate, &id, &header["HeaderName"]) {
                header["HeaderValue"] = value.clone();
                filled += 1;
            }
        }
    }
    filled
}

/// The headers whose values are hidden, with their origins.
#[must_use]
pub fn hidden(config: &Value) -> Vec<String> {
    let of_origin = |origin: &Value| -> Vec<String> {
        let headers = items(origin, "CustomHeaders").iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        headers
            .filter(|header| is_hidden(header))
            .map(|header| {
                let (name, id) = (text(&header["HeaderName"]), text(&origin["Id"]));
                format!("header `{name}` of origin `{id}`")
            })
            .collect()
    };
    items(config, "Origins")
        .iter()
        .flat_map(of_origin)
        .collect()
}

fn is_hidden(header: &Value) -> bool {
    header["HeaderValue"] == HIDDEN
}

fn value_of<'v>(config: &'v Value, id: &Value, name: &Value) -> Option<&'v Value> {
    let mut origins = items(config, "Origins").iter();
    let origin = origins.find(|origin| origin["Id"] == *id)?;
    let name = name.as_str()?;
    // Names of headers have no case.
    let is_same = |it: &Value| it.as_str().is_some_and(|it| it.eq_ignore_ascii_case(name));
    let mut headers = items(origin, "CustomHeaders").iter();
    let header = headers.find(|header| is_same(&header["HeaderName"]) && !is_hidden(header))?;
    header.get("HeaderValue")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config(origins: &[(&str, &[(&str, &str)])]) -> Value {
        let items: Vec<Value> = origins
            .iter()
            .map(|(id, headers)| {
                let headers: Vec<Value> = headers
                    .iter()
                    .map(|(name, value)| json!({"HeaderName": name, "HeaderValue": value}))
                    .collect();
                json!({"Id": id, "CustomHeaders": {"Quantity": headers.len(), "Items": headers}})
            })
            .collect();
        json!({"Origins": {"Quantity": items.len(), "Items": items}})
    }

    #[test]
    fn a_value_comes_from_the_same_header_of_the_same_origin() {
        let mut live = config(&[
            ("a", &[("X-Key", HIDDEN), ("X-Open", "1")]),
            ("b", &[("X-Key", HIDDEN)]),
            ("c", &[]),
        ]);
        let candidate = config(&[("b", &[("X-Other", "2")]), ("a", &[("x-key", "3")])]);
        assert_eq!(fill_in(&mut live, &candidate), 1);
        assert_eq!(hidden(&live), ["header `X-Key` of origin `b`"]);
        let of_a = &live["Origins"]["Items"][0]["CustomHeaders"]["Items"];
        assert_eq!(of_a[0]["HeaderValue"], "3");
        assert_eq!(of_a[1]["HeaderValue"], "1");
    }

    #[test]
    fn what_the_candidate_hides_too_is_no_value() {
        let mut live = config(&[("a", &[("X-Key", HIDDEN)])]);
        let candidate = live.clone();
        assert_eq!(fill_in(&mut live, &candidate), 0);
        assert_eq!(hidden(&candidate).len(), 1);
    }

    #[test]
    fn takes_lists_without_quantity_and_configs_without_origins() {
        let mut live = json!({"Origins": [{"Id": "a", "CustomHeaders": [{"HeaderName": "X", "HeaderValue": HIDDEN}]}]});
        let candidate = config(&[("a", &[("X", "1")])]);
        assert_eq!(fill_in(&mut live, &candidate), 1);
        assert_eq!(hidden(&live), [""; 0]);
        for mut other in [json!({}), json!({"Origins": 5}), json!([])] {
            assert_eq!(fill_in(&mut other, &candidate), 0);
        }
    }
}
