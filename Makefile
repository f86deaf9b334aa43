# Thin: every target is one story. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
EVENT ?= events/codepipeline-job.json
BOOTSTRAP := target/release/bootstrap
RUN_VENV := .venv/run
CHECK_VENV := .venv/check
BENCH_VENV := .venv/bench
DEPLOY_VENV := .venv/deploy
LINTERS_VENV := .venv/linters
MODEL_VENV := .venv/model
PACKAGING_VENV := .venv/packaging
CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := .venv/tools-$(CARGO_DENY_VERSION)/bin/cargo-deny
# SAM sends usage data by default.
export SAM_CLI_TELEMETRY := 0

.PHONY: run test check check-packages fuzz oracle advisories build wheel package invoke bench docs snapshots model model-news deploy clean help

run: $(RUN_VENV)/.ready build-function build-double ## Deploy into a local AWS: refuse a broken candidate, pass its fix, report a bad change
	@$(RUN_VENV)/bin/python tests/local/story.py --bootstrap $(BOOTSTRAP) --double target/debug/aws-double

test: $(RUN_VENV)/.ready build-double ## Set up and pass every test: rules, sources, the built function, the local AWS
	cargo test --workspace --locked
	@$(RUN_VENV)/bin/python tests/local/story.py --bootstrap target/debug/bootstrap --double target/debug/aws-double --command-line target/debug/origin-guard

check: $(CHECK_VENV)/.ready $(LINTERS_VENV)/.ready $(CARGO_DENY) check-packages ## Format, lints, documentation, licences, templates, packages
	@echo "README.md has $$(wc -l < README.md) lines"
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy --no-default-features --lib --bin bootstrap --locked -- -D warnings
	cargo clippy --package origin-guard-core --no-default-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --exclude crc-fast --no-deps --locked
	$(CARGO_DENY) --all-features check licenses bans sources
	tools/advisories.sh $(CARGO_DENY)
	$(CHECK_VENV)/bin/cfn-lint template.yaml regions.yaml
	$(CHECK_VENV)/bin/sam validate --lint --region us-east-1 --template template.yaml
	$(PACKAGING_VENV)/bin/python tools/package.py --out target/package-check
	$(CHECK_VENV)/bin/cfn-lint target/package-check/packaged.yaml
	$(LINTERS_VENV)/bin/checkov --quiet --compact --skip-download --framework cloudformation --file template.yaml
	$(LINTERS_VENV)/bin/checkov --quiet --compact --skip-download --framework terraform dockerfile --directory deploy
	cargo build --quiet --locked --bin origin-guard
	$(CHECK_VENV)/bin/python tests/peers/compare.py $(CHECK_VENV)/bin/cfn-lint target/debug/origin-guard
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	cargo clippy --quiet --release --locked --manifest-path fuzz/Cargo.toml --target-dir target/fuzz --lib --bins -- -D warnings
	$(PYTHON) fuzz/run.py

FUZZ_SECONDS ?= 600
fuzz: prerequisites ## Fuzz each reader of untrusted input for FUZZ_SECONDS (TARGETS=… for some); make check does it with fixed inputs
	$(PYTHON) fuzz/run.py --seconds $(FUZZ_SECONDS) $(TARGETS)

CASES ?= 10000
oracle: prerequisites ## Hold what is read in policies against an independent IAM simulator, on CASES cases (ARGS="--write TABLE" renews the core's table)
	npm ci --prefix tests/oracle --ignore-scripts --no-audit --no-fund --silent
	cargo build --quiet --locked --package origin-guard-core --example policies
	node tests/oracle/compare.mjs target/debug/examples/policies --count $(CASES) $(ARGS)

# The wheel is that of `make wheel`, but not optimised: what was built for the other checks is used again.
check-packages: $(PACKAGING_VENV)/.ready ## Lint the workflows, action and packages; build the wheel, install it, run the action's steps
	$(PACKAGING_VENV)/bin/actionlint .github/workflows/*.yml
	$(PACKAGING_VENV)/bin/zizmor --offline --quiet --persona=pedantic .
	$(PACKAGING_VENV)/bin/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(PACKAGING_VENV)/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(PACKAGING_VENV)/bin/pre-commit validate-manifest .pre-commit-hooks.yaml
	$(PACKAGING_VENV)/bin/hadolint deploy/Dockerfile
	$(PACKAGING_VENV)/bin/python -m unittest discover --start-directory tests/packaging
	rm -rf target/wheels-check
	$(PACKAGING_VENV)/bin/maturin build --quiet --profile dev --locked --strip --compatibility linux --out target/wheels-check
	$(PACKAGING_VENV)/bin/python tests/packaging/wheel.py target/wheels-check
	cargo build --quiet --locked --bin origin-guard
	tests/packaging/cdk.sh target/debug/origin-guard

advisories: $(CARGO_DENY) ## Check the dependencies against RustSec's advisories; unlike make check, fail where they cannot be fetched
	tools/advisories.sh $(CARGO_DENY) --required

build: build-function ## Build the function as it is deployed, for this machine's processor
	@ls -l $(BOOTSTRAP)

# On Linux for glibc 2.17 and newer, with Zig as the linker; for this machine's processor.
LINUX := $(filter Linux,$(shell uname))
wheel: $(PACKAGING_VENV)/.ready $(LINUX:Linux=$(DEPLOY_VENV)/.ready) ## Build the command line as a wheel in target/wheels, install it, run the action's steps
	rm -rf target/wheels
	PATH="$(CURDIR)/$(DEPLOY_VENV)/bin:$$PATH" $(PACKAGING_VENV)/bin/maturin build --release --locked $(LINUX:Linux=--zig --compatibility manylinux2014) --out target/wheels
	$(PACKAGING_VENV)/bin/python tests/packaging/wheel.py target/wheels

# What one uploads to S3, or a release has. For both processors, with Zig as the linker.
package: $(PACKAGING_VENV)/.ready $(DEPLOY_VENV)/.ready ## Make packaged.yaml, the function's code (arm64, x86_64), checksums and SBOM in target/package
	rm -rf target/package target/package-build
	PATH="$(CURDIR)/$(DEPLOY_VENV)/bin:$$PATH" cargo lambda build --release --locked --no-default-features --bin bootstrap --arm64 --lambda-dir target/package-build/arm64
	PATH="$(CURDIR)/$(DEPLOY_VENV)/bin:$$PATH" cargo lambda build --release --locked --no-default-features --bin bootstrap --x86-64 --lambda-dir target/package-build/x86_64
	$(PACKAGING_VENV)/bin/python tools/sbom.py target/package
	$(PACKAGING_VENV)/bin/python tools/package.py --out target/package \
	  --arm64 target/package-build/arm64/bootstrap/bootstrap --x86_64 target/package-build/x86_64/bootstrap/bootstrap
	@cd target/package && sha256sum --check --quiet SHA256SUMS && cat SHA256SUMS

.PHONY: build-function build-double
build-function: prerequisites
	@test -x $(BOOTSTRAP) || echo "Building the optimised function; the first time takes some minutes."
	cargo build --release --locked --no-default-features --bin bootstrap

build-double: prerequisites
	cargo build --locked --package aws-double

invoke: build-function build-double ## Run the function once on EVENT=events/…, in front of the AWS double
	@target/debug/invoke --function $(BOOTSTRAP) --event $(EVENT) --double --world tests/fixtures/world.json \
	  --env ORIGIN_GUARD_REPORT_BUCKET=example-reports --env ORIGIN_GUARD_TOPIC_ARN=arn:aws:sns:us-east-1:111122223333:origin-guard

docs: $(PACKAGING_VENV)/.ready ## Generate the rules' pages (docs/rules.md, target/site), the schemas, and Terraform's variables
	cargo build --quiet --locked --bin origin-guard
	target/debug/origin-guard rules --markdown > docs/rules.md
	target/debug/origin-guard schema > docs/report.schema.json
	target/debug/origin-guard contract schema > docs/contract.schema.json
	target/debug/origin-guard rules --site target/site
	$(PACKAGING_VENV)/bin/python tools/terraform_variables.py

snapshots: docs ## Refresh what tests compare with: expectations in core (FILTER=part of a test's name), the golden reports
	UPDATE_EXPECT=1 cargo test --quiet --locked --package origin-guard-core --all-features $(FILTER)
	UPDATE=1 cargo test --quiet --locked --test it reports::

model: $(MODEL_VENV)/.ready ## Write what CloudFront's official models say (core/src/model/*.rs) from the pinned releases
	@$(MODEL_VENV)/bin/python tools/model.py write "$$($(MODEL_VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" core/src/model

model-news: $(MODEL_VENV)/.ready ## List what the newest releases of the official models have that the pinned ones lack
	@rm -rf target/model-news && mkdir -p target/model-news
	@$(MODEL_VENV)/bin/python -m pip download --quiet --no-deps --only-binary :all: --dest target/model-news botocore cfn-lint
	@$(MODEL_VENV)/bin/python tools/model.py news "$$($(MODEL_VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" target/model-news/*.whl

bench: $(BENCH_VENV)/.ready $(LINTERS_VENV)/.ready build-function ## Measure calls, waves, start-up, CPU, memory, size and reading against Python peers
	cargo bench --locked --no-default-features --bench judge --bench read
	cargo build --release --locked --no-default-features --example bare
	cargo build --profile measure --locked --package aws-double --bin measure
	target/measure/measure --function $(BOOTSTRAP) --bare target/release/examples/bare --peer "$(BENCH_VENV)/bin/python benches/peer/bootstrap.py" \
	  --peer-roots "$$($(BENCH_VENV)/bin/python -c 'from botocore.httpsession import get_cert_path; print(get_cert_path(True))')"
	cargo build --release --locked --bin origin-guard
	@$(BENCH_VENV)/bin/python benches/peer/reading.py target/release/origin-guard $(LINTERS_VENV)/bin/cfn-lint $(LINTERS_VENV)/bin/checkov target/tmp

# What `sam build` calls (template.yaml, BuildMethod: makefile). ARCHITECTURE=x86_64 builds for Intel.
ARCHITECTURE ?= arm64
.PHONY: build-OriginGuardFunction
build-OriginGuardFunction:
	cargo lambda build --release --locked --no-default-features --bin bootstrap --$(ARCHITECTURE:x86_64=x86-64)
	cp target/lambda/bootstrap/bootstrap "$(ARTIFACTS_DIR)/"

# Without --guided: that offers the template's defaults, not the stack's values, and writes samconfig.toml.
# A parameter that is not given keeps its value; Architecture is always given, since it must fit the binary.
# Tags of the stack are put on every resource of it that takes tags.
deploy: $(DEPLOY_VENV)/.ready ## Deploy to your AWS account, with PARAMETERS='Name=value …' and TAGS='name=value …' (asks before it changes anything)
	PATH="$(CURDIR)/$(DEPLOY_VENV)/bin:$$PATH" sam build --parameter-overrides Architecture=$(ARCHITECTURE)
	PATH="$(CURDIR)/$(DEPLOY_VENV)/bin:$$PATH" sam deploy $(REGION:%=--region %) $(if $(TAGS),--tags '$(TAGS)') --parameter-overrides Architecture=$(ARCHITECTURE) $(PARAMETERS)

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

clean: ## Remove what was built and installed
	cargo clean
	rm -rf .venv

# Reported before the minutes of building: what the machine lacks, and the package to install.
.PHONY: prerequisites
prerequisites:
	@PYTHON="$(PYTHON)" tests/local/prerequisites.sh

$(RUN_VENV)/.ready: tests/local/requirements-run.txt | prerequisites
	$(call venv,$(RUN_VENV),$<)
$(CHECK_VENV)/.ready: tests/local/requirements-check.txt | prerequisites
	$(call venv,$(CHECK_VENV),$<)
$(DEPLOY_VENV)/.ready: tests/local/requirements-deploy.txt | prerequisites
	$(call venv,$(DEPLOY_VENV),$<)
$(BENCH_VENV)/.ready: benches/peer/requirements.txt | prerequisites
	$(call venv,$(BENCH_VENV),$<)
$(LINTERS_VENV)/.ready: benches/peer/requirements-linters.txt | prerequisites
	$(call venv,$(LINTERS_VENV),$<)
$(PACKAGING_VENV)/.ready: tools/requirements-packaging.txt | prerequisites
	$(call venv,$(PACKAGING_VENV),$<)
$(MODEL_VENV)/.ready: tools/requirements-model.txt | prerequisites
	$(call venv,$(MODEL_VENV),$<)

$(CARGO_DENY):
	@echo "Building cargo-deny $(CARGO_DENY_VERSION); this takes some minutes, once."
	cargo install --quiet --locked --debug --root .venv/tools-$(CARGO_DENY_VERSION) --version $(CARGO_DENY_VERSION) cargo-deny

define venv
	@echo "Installing $(2) into $(1)"
	@rm -rf $(1)
	@$(PYTHON) -m venv $(1)
	@$(1)/bin/python -m pip install --quiet --no-deps --require-hashes --requirement $(2)
	@touch $@
endef
