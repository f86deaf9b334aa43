//! What people's hands expect of a command line: names in any case, several files and forms, counts, a
//! configuration file, and errors that say where to go.

use std::path::{Path, PathBuf};

use aws_double::{Double, Fault, FaultKind};
use serde_json::{Value, json};

use crate::command_line::{err, origin_guard, out, with_account};
use crate::stage::{DISTRIBUTION, furnish, site};

/// A folder of one test, with files in it, which goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, &str)]) -> Self {
        let id = std::process::id();
        let folder = Self(std::env::temp_dir().join(format!("origin-guard-{name}-{id}")));
        std::fs::create_dir_all(&folder.0).unwrap();
        for (file, text) in files {
            std::fs::write(folder.0.join(file), text).unwrap();
        }
        folder
    }

    fn path(&self, file: &str) -> String {
        self.0.join(file).display().to_string()
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn broken() -> String {
    site()
        .to_string()
        .replace("\"TargetOriginId\":\"api\"", "\"TargetOriginId\":\"apy\"")
}

fn without_credentials<'a>() -> [(&'a str, &'a str); 3] {
    [
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HOME", "/nonexistent"),
    ]
}

#[tokio::test]
async fn a_distribution_is_named_as_people_have_it_at_hand() {
    let double = Double::start().await;
    furnish(&double);
    for name in [
        DISTRIBUTION.to_ascii_lowercase(),
        format!("arn:aws:cloudfront::111122223333:distribution/{DISTRIBUTION}"),
        "WWW.example.com".to_owned(),
        format!("d{}.CloudFront.net", DISTRIBUTION.to_ascii_lowercase()),
    ] {
        let checked = with_account(&double, &["check", "--distribution", &name], "");
        assert_eq!(checked.status.code(), Some(0), "{name}: {}", err(&checked));
        assert!(out(&checked).starts_with(DISTRIBUTION), "{name}");
        let diff = with_account(&double, &["diff", &name, "-"], &site().to_string());
        assert!(
            out(&diff).starts_with("no difference"),
            "{name}: {}",
            err(&diff)
        );
    }
    let unknown = ["check", "--distribution", "www.example.org"];
    let unknown = with_account(&double, &unknown, "");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("alias or domain name `www.example.org`"));
    assert!(
        !err(&unknown).contains("UserParameters"),
        "{}",
        err(&unknown)
    );
}

#[tokio::test]
async fn every_live_distribution_is_judged_and_one_that_cannot_be_read_is_reported() {
    let double = Double::start().await;
    furnish(&double);
    {
        let mut world = double.world();
        world.page_size = 1;
        let mut other = site();
        other["Aliases"] = json!({"Quantity": 0});
        other["CacheBehaviors"]["Items"][0]["TargetOriginId"] = "gone".into();
        world.distribution("E3EXAMPLE3GUARD", other);
    }
    let all = with_account(&double, &["check", "--all", "--output-format", "json"], "");
    assert_eq!(all.status.code(), Some(1), "{}", err(&all));
    // The list shows all that is judged.
    let calls = double.world().calls();
    assert_eq!(calls["cloudfront:ListDistributions"], 2);
    assert!(!calls.contains_key("cloudfront:GetDistribution"));
    let document: Value = serde_json::from_slice(&all.stdout).unwrap();
    let names = document["reports"].as_array().unwrap().iter();
    let names: Vec<&Value> = names.map(|report| &report["distribution"]["id"]).collect();
    assert_eq!(names, [DISTRIBUTION, "E3EXAMPLE3GUARD"]);
    assert!(
        err(&all).contains("1 error in 1 of 2 distributions"),
        "{}",
        err(&all)
    );
    double.world().fault(
        Fault::new(
            "cloudfront:GetDistribution",
            FaultKind::Status(403, "AccessDenied".to_owned()),
        )
        .times(1),
    );
    let all = with_account(&double, &["check", "--all", "--baseline", "live"], "");
    assert_eq!(all.status.code(), Some(2), "{}", err(&all));
    assert!(err(&all).contains("error: AWS refused cloudfront:GetDistribution"));
    assert!(!out(&all).is_empty());
}

#[test]
fn several_forms_are_written_in_one_run_and_counts_reach_standard_error() {
    let folder = Folder::with("forms", &[]);
    let files = ["sarif", "json", "gitlab"].map(|form| format!("{form}={}", folder.path(form)));
    let [sarif, json, gitlab] = &files;
    let page = folder.path("page.html");
    let arguments = [
        "check",
        "--offline",
        "-",
        "--format",
        "html",
        "--out",
        &page,
        "--output",
        sarif,
        "--output",
        json,
        "--output",
        gitlab,
    ];
    let checked = origin_guard(&arguments, &[], &broken());
    assert_eq!(checked.status.code(), Some(1), "{}", err(&checked));
    assert_eq!(out(&checked), "");
    assert_eq!(
        err(&checked),
        "block: www.example.com is blocked: cache behavior 0 `/api/*` targets origin `apy`, which the \
         candidate does not define\n1 error in 1 file\n"
    );
    assert!(folder.read("page.html").starts_with("<!doctype html>"));
    let log: Value = serde_json::from_str(&folder.read("sarif")).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let report: Value = serde_json::from_str(&folder.read("json")).unwrap();
    assert_eq!(report["verdict"], "block");
    let issues: Value = serde_json::from_str(&folder.read("gitlab")).unwrap();
    let issue = &issues[0];
    assert_eq!(issue["check_name"], "unknown-target-origin");
    assert_eq!(issue["location"]["lines"]["begin"], 1);
    for field in ["description", "fingerprint", "severity"] {
        assert!(issue[field].is_string(), "{field}: {issue}");
    }
}

#[test]
fn annotations_and_single_lines_name_file_line_and_rule() {
    let input = format!("{:#}", serde_json::from_str::<Value>(&broken()).unwrap());
    let printed = |form: &str| {
        let arguments = ["check", "--offline", "-", "--output-format", form];
        out(&origin_guard(&arguments, &[], &input))
    };
    let concise = printed("concise");
    let first = concise.lines().next().unwrap();
    let (place, rest) = first
        .split_once(": error[unknown-target-origin]: ")
        .unwrap();
    assert!(
        place.starts_with("standard input:") && rest.contains("`apy`"),
        "{first}"
    );
    let github = printed("github");
    let command = github.lines().next().unwrap();
    let [_, line, column] = place.split(':').collect::<Vec<_>>()[..] else {
        panic!("{place}");
    };
    let place = format!(
        "::error file=standard input,line={line},col={column},title=unknown-target-origin::"
    );
    assert!(command.starts_with(&place), "{command}");
}

#[test]
fn a_form_is_not_mistaken_for_another_option_s() {
    for (arguments, words) in [
        (
            ["--format", "cloudformation"],
            "--input-format cloudformation",
        ),
        (["--format", "yaml"], "text, json, markdown"),
        (["--output", "sarif="], "sarif=out.sarif"),
        (
            ["--ignore", "missing-buket"],
            "did you mean `missing-bucket`?",
        ),
    ] {
        let arguments = [&["check", "--offline", "-"], &arguments[..]].concat();
        let output = origin_guard(&arguments, &[], &site().to_string());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains(words), "{}", err(&output));
    }
    let two = [
        "check",
        "--offline",
        "-",
        "--format",
        "json",
        "--output",
        "html",
    ];
    let two = origin_guard(&two, &[], &site().to_string());
    assert!(err(&two).contains("several are named"), "{}", err(&two));
}

#[test]
fn the_unreadable_file_of_several_is_reported_and_the_others_are_judged() {
    let text = site().to_string();
    let files = [
        ("a.json", text.as_str()),
        ("b.json", &broken()),
        ("c.json", "{"),
        ("package.json", "{\"name\": \"site\"}"),
    ];
    let folder = Folder::with("unreadable", &files);
    let pattern = folder.path("*.json");
    let all = origin_guard(&["check", "--offline", &pattern], &[], "");
    assert_eq!(all.status.code(), Some(2), "{}", err(&all));
    assert!(
        err(&all).contains("1 error in 1 of 2 files"),
        "{}",
        err(&all)
    );
    assert!(err(&all).contains("c.json` (line 1"), "{}", err(&all));
    assert!(!err(&all).contains("package.json"), "{}", err(&all));
    let zero = ["check", "--offline", &pattern, "--exit-zero"];
    assert_eq!(origin_guard(&zero, &[], "").status.code(), Some(2));
    let named = ["check", "--offline", &folder.path("package.json")];
    let named = origin_guard(&named, &[], "");
    assert_eq!(named.status.code(), Some(2));
    assert!(
        err(&named).contains("is not a CloudFront config"),
        "{}",
        err(&named)
    );
}

#[test]
fn quiet_prints_what_is_wrong_and_nothing_else() {
    let pass = origin_guard(&["demo", "--quiet"], &[], "");
    assert_eq!(err(&pass), "");
    let mut healthy = site();
    // What is worth knowing of it.
    healthy["Origins"]["Items"][2]["S3OriginConfig"] = json!({"OriginAccessIdentity": ""});
    healthy["Origins"]["Items"][2]["OriginAccessControlId"] = "EASSETSOAC1".into();
    let arguments = ["check", "--offline", "-", "-q"];
    let pass = origin_guard(&arguments, &[], &healthy.to_string());
    assert_eq!(pass.status.code(), Some(0), "{}", err(&pass));
    assert_eq!((out(&pass).as_str(), err(&pass).as_str()), ("", ""));
    let block = origin_guard(&arguments, &[], &broken());
    assert_eq!((block.status.code(), err(&block).as_str()), (Some(1), ""));
    let zero = [&arguments[..], &["--exit-zero"]].concat();
    assert_eq!(origin_guard(&zero, &[], &broken()).status.code(), Some(0));
}

#[test]
fn rules_are_left_out_or_chosen_and_the_report_says_so() {
    let check = |arguments: &[&str]| {
        let arguments = [&["check", "--offline", "-"], arguments].concat();
        origin_guard(&arguments, &[], &broken())
    };
    let ignored = check(&["--ignore", "unknown-target-origin,unused-origin"]);
    assert_eq!(ignored.status.code(), Some(0), "{}", err(&ignored));
    let text = out(&ignored);
    assert!(
        text.contains("note: judged without `unknown-target-origin`, `unused-origin`"),
        "{text}"
    );
    assert!(!text.contains("[unused-origin]"), "{text}");
    let selected = out(&check(&["--select", "unknown-target-origin"]));
    assert!(
        selected.contains("error[unknown-target-origin]"),
        "{selected}"
    );
    assert!(!selected.contains("[unused-origin]"), "{selected}");
}

#[test]
fn the_nearest_configuration_file_counts() {
    let folder = Folder::with(
        "config",
        &[
            (
                "origin-guard.toml",
                "ignore = ['unknown-target-origin']\ncontract = 'contract.yaml'\n",
            ),
            (
                "contract.yaml",
                "origins: {api: {domain: other.example.com}}",
            ),
            ("site.json", &broken()),
        ],
    );
    let config = folder.path("origin-guard.toml");
    let site = folder.path("site.json");
    let configured = ["check", "--offline", &site, "--config", &config];
    let text = out(&origin_guard(&configured, &[], ""));
    assert!(!text.contains("[unknown-target-origin]"), "{text}");
    assert!(text.contains("error[contract-mismatch]"), "{text}");
    let isolated = ["check", "--offline", &site, "--isolated"];
    let text = out(&origin_guard(&isolated, &[], ""));
    assert!(text.contains("error[unknown-target-origin]"), "{text}");
    assert!(!text.contains("contract-mismatch"), "{text}");
}

/// Before anything is said about credentials, which are not there either.
#[test]
fn errors_say_what_to_do_in_the_words_of_a_terminal() {
    let template = "{\"Resources\": {}}";
    let files = [
        ("main.tf", "resource {}"),
        ("plan.out", "PK\u{3}\u{4}"),
        ("site.json", &site().to_string()),
        ("empty.template.json", template),
    ];
    let folder = Folder::with("errors", &files);
    let folder_name = folder.0.display().to_string();
    let [tf, plan, config] = ["main.tf", "plan.out", "site.json"].map(|file| folder.path(file));
    for (arguments, words) in [
        (
            vec!["check", "no-such.json"],
            "no-such.json: there is no such file",
        ),
        (
            vec!["check", &config, "--contract", "none.yaml"],
            "none.yaml: there is no such file",
        ),
        (
            vec!["check", &config, "--baseline", "none.json"],
            "none.json: there is no such file",
        ),
        (
            vec!["check", DISTRIBUTION],
            "origin-guard check --distribution E2EXAMPLE1GUARD",
        ),
        (
            vec!["check", "--distribution", &config],
            "is a file, not a distribution",
        ),
        (
            vec!["check", &config, "--contract", &folder_name],
            "is a folder, not a file",
        ),
        (vec!["check", &tf], "terraform show -json"),
        (vec!["check", &plan], "terraform show -json"),
        (vec!["diff", &tf, &config], "terraform show -json"),
        (
            vec!["contract", "init", "none.json"],
            "there is no such file",
        ),
        (vec!["plan", "none.json"], "there is no such file"),
        (
            vec!["check", &config, "--profile", "none"],
            "there is no AWS profile `none`",
        ),
    ] {
        let output = origin_guard(&arguments, &without_credentials(), "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            err(&output).contains(words),
            "{arguments:?}: {}",
            err(&output)
        );
        assert!(!err(&output).contains("UserParameters"), "{}", err(&output));
    }
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let folder = Folder::with(
        "profile",
        &[("config", "[profile other]\nregion = eu-west-1\n")],
    );
    let config = folder.path("config");
    let mut environment = without_credentials().to_vec();
    environment.push(("AWS_CONFIG_FILE", &config));
    let named = ["check", "-", "--profile", "prod"];
    let named = origin_guard(&named, &environment, &site().to_string());
    environment.push(("AWS_PROFILE", "prod"));
    let set = origin_guard(&["check", "-"], &environment, &site().to_string());
    for output in [named, set] {
        assert_eq!(output.status.code(), Some(2));
        assert!(
            err(&output).contains("there is no AWS profile `prod`\n"),
            "{}",
            err(&output)
        );
        assert!(
            err(&output).contains("aws configure list-profiles"),
            "{}",
            err(&output)
        );
    }
}

#[tokio::test]
async fn a_profile_that_is_named_counts_before_credentials_of_the_environment() {
    let double = Double::start().await;
    furnish(&double);
    let credentials = "[prod]\naws_access_key_id = AKIAPROD\naws_secret_access_key = prod-secret\n";
    let folder = Folder::with("named-profile", &[("credentials", credentials)]);
    let file = folder.path("credentials");
    let environment = crate::command_line::account(&double);
    let mut environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    environment.push(("AWS_SHARED_CREDENTIALS_FILE", &file));
    let arguments = ["check", "-", "--profile", "prod", "--region", "eu-west-1"];
    let output = origin_guard(&arguments, &environment, &site().to_string());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let none = ["check", "-", "--profile", "none"];
    let none = origin_guard(&none, &environment, &site().to_string());
    assert!(
        err(&none).contains("no AWS profile `none`"),
        "{}",
        err(&none)
    );
}

#[test]
fn a_difference_has_every_form_and_an_exit_code() {
    let folder = Folder::with("diff", &[("before.json", &site().to_string())]);
    let before = folder.path("before.json");
    let diff = |arguments: &[&str], input: &str| {
        let arguments = [&["diff", &before, "-"], arguments].concat();
        origin_guard(&arguments, &[], input)
    };
    for (form, part) in [
        ("text", "  ~ cache behavior `/api/*`: target: `api` → `apy`"),
        ("concise", "-: ~ cache behavior `/api/*`"),
        ("json", "\"after\": \"apy\""),
        ("markdown", "```diff\n  ~ cache behavior `/api/*`"),
        ("html", "<li><code>~ cache behavior `/api/*`"),
        ("sarif", "\"kind\": \"informational\""),
        ("junit", "<testcase name=\"~ cache behavior"),
        ("github", "::notice title=changed::~ cache behavior"),
        ("gitlab", "\"check_name\": \"changed\""),
    ] {
        let output = diff(&["--output-format", form], &broken());
        assert_eq!(output.status.code(), Some(0), "{form}: {}", err(&output));
        assert!(out(&output).contains(part), "{form}: {}", out(&output));
    }
    assert_eq!(diff(&["--exit-code"], &broken()).status.code(), Some(1));
    assert_eq!(
        diff(&["--exit-code"], &site().to_string()).status.code(),
        Some(0)
    );
}

#[test]
fn colors_are_forced_where_the_environment_wants_them() {
    let colored = |environment: &[(&str, &str)]| {
        let text = out(&origin_guard(&["demo"], environment, ""));
        text.contains('\u{1b}')
    };
    assert!(colored(&[("FORCE_COLOR", "1")]));
    assert!(!colored(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&[]));
}

/// Each command has its own page, with each of its options.
#[test]
fn there_is_a_manual_page_for_every_command() {
    let folder = Folder::with("man", &[]);
    let written = origin_guard(&["man", "--out", &folder.path("")], &[], "");
    assert_eq!(written.status.code(), Some(0), "{}", err(&written));
    for (page, options) in [
        ("origin-guard.1", &[][..]),
        (
            "origin-guard-check.1",
            &["all", "ignore", "output-format", "config", "exit-zero"],
        ),
        ("origin-guard-diff.1", &["exit-code", "profile"]),
        ("origin-guard-plan.1", &["baseline", "quiet"]),
        ("origin-guard-contract-init.1", &["input-format", "region"]),
        ("origin-guard-render.1", &["out"]),
    ] {
        let text = std::fs::read_to_string(Path::new(&folder.path(page))).unwrap();
        for option in options {
            let option = format!("\\-\\-{}", option.replace('-', "\\-"));
            assert!(text.contains(&option), "{page}: {option}");
        }
    }
    let none = origin_guard(&["man", "chek"], &[], "");
    assert!(
        err(&none).contains("there is no command `chek`"),
        "{}",
        err(&none)
    );
}

#[test]
fn rules_are_links_where_their_pages_have_an_address() {
    let folder = Folder::with("rules-url", &[]);
    let files = ["html", "markdown", "sarif"];
    let files = files.map(|form| format!("{form}={}", folder.path(form)));
    let mut arguments = vec!["check", "--offline", "-"];
    for file in &files {
        arguments.extend(["--output", file]);
    }
    let address = [(
        "ORIGIN_GUARD_RULES_URL",
        "https://docs.example.com/origin-guard/",
    )];
    let output = origin_guard(&arguments, &address, &broken());
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let page = "https://docs.example.com/origin-guard/unknown-target-origin.html";
    let html = folder.read("html");
    assert!(html.contains(&format!("<a href=\"{page}\">unknown-target-origin</a>")));
    let markdown = folder.read("markdown");
    assert!(markdown.contains(&format!("[`unknown-target-origin`]({page})")));
    let text = out(&output);
    assert!(
        text.contains("more about each rule: https://docs.example.com/origin-guard/index.html"),
        "{text}"
    );
    let log: Value = serde_json::from_str(&folder.read("sarif")).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array();
    let linked = rules
        .unwrap()
        .iter()
        .filter(|it| it["id"] == "unknown-target-origin");
    let linked: Vec<&Value> = linked.map(|rule| &rule["helpUri"]).collect();
    assert_eq!(linked, [page]);
}

#[test]
fn the_form_of_a_contract_and_of_a_trace_is_that_of_the_output() {
    let folder = Folder::with("contract-forms", &[("site.json", &site().to_string())]);
    let (file, contract) = (folder.path("site.json"), folder.path("contract.json"));
    let init = [
        "contract", "init", &file, "--format", "json", "--out", &contract,
    ];
    let output = origin_guard(&init, &[], "");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(out(&output), "");
    let check = ["check", "--offline", &file, "--contract", &contract];
    let output = origin_guard(&check, &[], "");
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    for (arguments, words) in [
        (
            ["contract", "init", &file, "--format", "cloudformation"],
            "give --input-format cloudformation",
        ),
        (
            ["contract", "init", &file, "--format", "yaml"],
            "the only form is json",
        ),
        (
            ["trace", &file, "/", "--format", "terraform-plan"],
            "give --input-format terraform-plan",
        ),
    ] {
        let output = origin_guard(&arguments, &[], "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains(words), "{}", err(&output));
    }
    let trace = origin_guard(&["trace", &file, "/", "--format", "json"], &[], "");
    assert!(out(&trace).contains("\"traces\""), "{}", err(&trace));
}
