//! A trace for people.

use std::fmt::Write as _;

use super::{Answer, Destination, ErrorPageShown, OriginRequest, Trace};
use crate::plain::plain;

impl Trace {
    /// Several lines, the request first.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = Lines(String::new());
        let host = self.host.as_deref().unwrap_or_default();
        text.add("", &format!("{} {host}{}", self.method, self.path));
        self.behavior(&mut text);
        if let Some(refused) = &self.refused {
            text.add("  answer    ", refused);
        }
        for each in &self.edge {
            text.add("  edge      ", each);
        }
        self.target(&mut text);
        for page in &self.error_pages {
            text.add("  page      ", &page_text(page));
        }
        text.0
    }

    fn behavior(&self, text: &mut Lines) {
        if let Some(read) = &self.matched_as {
            text.add("  read as   ", read);
        }
        let behavior = match &self.behavior {
            None => "none: the config has no default cache behavior".to_owned(),
            Some(it) => match it.precedence {
                Some(precedence) => format!("{precedence} `{}`", it.path_pattern),
                None if self.passed.is_empty() => {
                    "default `*`: there is no other cache behavior".to_owned()
                }
                None => "default `*`: no other path pattern matches".to_owned(),
            },
        };
        text.add("  behavior  ", &behavior);
        if self.behavior.as_ref().is_some_and(|it| !it.is_certain) {
            text.add(
                "            ",
                "not certain: cache behaviors or patterns are known only after the deployment",
            );
        }
        for each in &self.otherwise {
            let line = format!(
                "not certain: if {}, `{}` matches {}",
                each.reading, each.matched_as, each.behavior
            );
            text.add("            ", &line);
        }
        for each in &self.passed {
            let place = each
                .precedence
                .map_or_else(String::new, |it| it.to_string());
            let line = format!("not {place} `{}`: {}", each.path_pattern, each.why);
            text.add("            ", &line);
        }
        for each in &self.later {
            let line = format!("`{each}` matches too, but is listed later");
            text.add("            ", &line);
        }
    }

    fn target(&self, text: &mut Lines) {
        match &self.target {
            Destination::Origin { request } => origin(text, "origin", request),
            Destination::OriginGroup {
                id,
                members,
                failover_codes,
                method_fails_over,
            } => {
                text.add("  group     ", &format!("`{id}`"));
                let codes = failover_codes.join(", ");
                let line = if *method_fails_over {
                    format!(
                        "the second member is asked after {codes}, or if the primary cannot be reached in time"
                    )
                } else {
                    format!(
                        "{} does not fail over: only GET, HEAD and OPTIONS do",
                        self.method
                    )
                };
                text.add("            ", &line);
                for (member, name) in members.iter().zip(["primary", "second"]) {
                    origin(text, name, member);
                }
            }
            Destination::Missing { id } => text.add(
                "  origin    ",
                &format!("none: `{id}` is not an origin or origin group of the config"),
            ),
            Destination::Undecided { id } => text.add(
                "  origin    ",
                &format!("`{id}`: known only after the deployment"),
            ),
            Destination::Nowhere => {}
        }
    }
}

fn origin(text: &mut Lines, name: &str, asked: &OriginRequest) {
    text.add(&format!("  {name:<10}"), &format!("`{}`", asked.origin));
    text.add("    asks    ", &asked.url);
    if let Some(object) = &asked.object {
        let website = if object.website {
            " (website endpoint)"
        } else {
            ""
        };
        let key = match object.key.as_str() {
            "" => "no key".to_owned(),
            key => format!("key `{key}`"),
        };
        text.add(
            "    object  ",
            &format!("{key} of bucket `{}`{website}", object.bucket),
        );
    }
    text.add("    Host    ", &asked.host);
    text.add("    access  ", &asked.access);
    let sent = &asked.forwarded;
    let by = match sent.by.as_slice() {
        [] => String::new(),
        by => format!(" ({})", by.join(", ")),
    };
    let line = format!(
        "headers: {}; query strings: {}; cookies: {}{by}",
        sent.headers.text(),
        sent.query_strings.text(),
        sent.cookies.text()
    );
    text.add("    sends   ", &line);
    if !asked.custom_headers.is_empty() {
        text.add("    adds    ", &asked.custom_headers.join(", "));
    }
    for each in &asked.notes {
        text.add("    note    ", each);
    }
    for each in &asked.answers {
        answer(text, each);
    }
}

fn answer(text: &mut Lines, answer: &Answer) {
    let status = answer
        .status
        .map_or_else(|| "…".to_owned(), |it| it.to_string());
    let code = answer.code.map_or_else(String::new, |it| format!(" {it}"));
    text.add("    answers ", &format!("{status}{code}: {}", answer.when));
    if answer.fails_over {
        text.add("            ", "→ the second member is asked");
    }
    if let Some(page) = &answer.error_page {
        text.add(
            "            ",
            &format!("→ viewers get the custom error page `{page}`"),
        );
    }
}

fn page_text(page: &ErrorPageShown) -> String {
    let key = page.key.as_ref();
    let key = key.map_or_else(String::new, |key| format!(", key `{key}`"));
    format!(
        "{} → `{}` with status {}, which {} serves from `{}`{key}",
        page.error_code, page.path, page.response_code, page.behavior, page.target
    )
}

struct Lines(String);

impl Lines {
    /// What a config says is cleaned of what terminals obey.
    fn add(&mut self, label: &str, line: &str) {
        let _ = writeln!(self.0, "{label}{}", plain(line));
    }
}
