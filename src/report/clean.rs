//! Every text of a report on one line, without what a terminal, a log or a browser obeys. Any of them
//! may come from the candidate; done once where a report is frozen or read, it holds for every form.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::v1;
use crate::distribution::Hidden;
use crate::plain::plain;

/// What has texts in it.
pub(crate) trait Clean {
    /// Changes every text in it.
    fn each_text(&mut self, change: &dyn Fn(&mut String));

    /// Makes every text in it harmless.
    fn clean(&mut self) {
        self.each_text(&|text| {
            // Nearly every text is clean already, and then nothing is copied.
            if let Cow::Owned(clean) = plain(text) {
                *text = clean;
            }
        });
    }

    /// Hides what no reader may see.
    fn hide(&mut self, hidden: &Hidden) {
        if hidden.is_empty() {
            return;
        }
        self.each_text(&|text| {
            if let Cow::Owned(shown) = hidden.hide(text) {
                *text = shown;
            }
        });
    }
}

macro_rules! fields {
    ($($type:ty { $($field:ident),* $(,)? })*) => {$(
        impl Clean for $type {
            fn each_text(&mut self, change: &dyn Fn(&mut String)) {
                // Without `..`, so that a new field does not compile before it stands here.
                let Self { $($field),* } = self;
                $($field.each_text(change);)*
            }
        }
    )*};
}

macro_rules! without_texts {
    ($($type:ty)*) => {$(
        impl Clean for $type {
            fn each_text(&mut self, _: &dyn Fn(&mut String)) {}
        }
    )*};
}

fields! {
    v1::Report {
        schema_version, verdict, summary, next_step, notes, mode, judged_at, distribution, candidate,
        baseline, trigger, explanation, phases, origins, origin_groups, behaviors, edge, findings,
        unknowns,
        changes, outside_changes, rollout, cost,
    }
    v1::Distribution { id, arn, domain_name, name }
    v1::Candidate { source, format, document, sha256, resource, etag }
    v1::Baseline { source, etag, taken_at }
    v1::Trigger { pipeline, job, event, actor, via, error_code, error_message }
    v1::Pipeline { name, stage, action, execution_id }
    v1::Event { id, name, time }
    v1::Phase { name, status, provisional }
    v1::Origin {
        id, kind, domain_name, bucket, region, account, access, path_patterns, status, pointer,
    }
    v1::OriginGroup { id, members, status, pointer }
    v1::Behavior { precedence, path_pattern, target, resolves_to, status, pointer }
    v1::Edge {
        path_pattern, pointer, origin, path, method, status, server, outcome, bucket, why, declared,
    }
    v1::DeclaredAnswer { status, header }
    v1::Finding {
        rule, phase, severity, message, remediation, origin, path_patterns, location, related, evidence,
        waived, docs, fingerprint,
    }
    v1::Waived { reason, until }
    v1::Location { document, pointer, line, column }
    v1::Related { location, note }
    v1::Unknown { fact, subject, kind, cause, needs, blocks, rules, pointers }
    v1::Change { kind, what, subject, field, path, before, after }
    v1::Subject { kind, id }
    v1::Step { step, why, patch, changes }
    v1::StepChange { kind, subject, field }
    v1::Cost { aws_calls, waves, milliseconds }
}

without_texts! { bool usize u16 u32 u64 }

impl Clean for String {
    fn each_text(&mut self, change: &dyn Fn(&mut String)) {
        change(self);
    }
}

impl<T: Clean> Clean for Option<T> {
    fn each_text(&mut self, change: &dyn Fn(&mut String)) {
        if let Some(it) = self {
            it.each_text(change);
        }
    }
}

impl<T: Clean> Clean for Vec<T> {
    fn each_text(&mut self, change: &dyn Fn(&mut String)) {
        for it in self {
            it.each_text(change);
        }
    }
}

// Keys as well: names of AWS calls come from this program, but a report may be read from a file.
impl<T: Clean> Clean for BTreeMap<String, T> {
    fn each_text(&mut self, change: &dyn Fn(&mut String)) {
        let entries = std::mem::take(self).into_iter();
        *self = entries
            .map(|(mut name, mut value)| {
                name.each_text(change);
                value.each_text(change);
                (name, value)
            })
            .collect();
    }
}
