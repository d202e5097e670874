# make check      everything that must hold before a change lands; the tests over a corpus of Procfiles run if
#                 PROCFILE_CORPUS names it, and show as ignored otherwise. Needs Go, valgrind, readelf (binutils),
#                 python3 with venv, GNU time, cargo-libcnb and cargo-deny; tests show as ignored without dash and busybox.
#   TESTS="--test corpus" make check       with these arguments of cargo test
# make package    packages the buildpack: its directory, and if pack is installed, an OCI image of every target:
#   make package                           the musl targets that rustup has installed
#   make package CNB=procfile.cnb          writes a file for each target instead (procfile-linux-amd64.cnb …)
# A target may be replaced where musl cannot be had, which links its binary statically too:
#   make package AMD64=x86_64-unknown-linux-gnu ARM64=
# make release-dry-run    does all that a release does, with a registry on this machine: see release/dry-run
#   make release-dry-run BINARIES=DIR      with these binaries, as release/binaries writes them
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

IMAGE := ghcr.io/octopilot/procfile:$(shell release/version)
INSTALLED := $(shell rustup target list --installed)
AMD64 := $(filter x86_64-unknown-linux-musl,$(INSTALLED))
ARM64 := $(filter aarch64-unknown-linux-musl,$(INSTALLED))
CNB :=
BINARIES :=
TESTS ?=

NAMES := $(if $(AMD64),amd64) $(if $(ARM64),arm64)
BUILDPACK := packaged/octopilot_procfile
# pack looks for the targets' directories where it is started, not where package.toml is.
PACKAGE := cd $(BUILDPACK) && pack buildpack package $(or $(abspath $(CNB)),$(IMAGE)) $(if $(CNB),--format file) \
	--config package.toml --pull-policy never $(foreach name,$(NAMES),--target linux/$(name))

# What the checks package: without the musl target, glibc is linked statically.
CHECKED := $(or $(AMD64),x86_64-unknown-linux-gnu)

.PHONY: check package directory release-dry-run
check:
	cargo fmt --check
	for crate in fancy-regex insta; do \
		cargo tree --locked --edges normal --prefix none --no-dedupe | grep "^$$crate .*/crates/$$crate)" | uniq; \
		done
	cargo deny --locked check bans licenses sources
	cargo clippy --locked --all-targets -- --deny warnings
	cargo test --locked $(TESTS)
	cargo test --locked --test tests manifests::schemas -- --ignored
	cargo test --locked --test tests ci::tools -- --ignored --skip pre_commit_runs_the_hooks
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps --document-private-items
	CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS='-C target-feature=+crt-static' \
		cargo libcnb package --release --target $(CHECKED)
	benches/cost packaged/$(CHECKED)/release/octopilot_procfile

package: directory
	if command -v pack >/dev/null; then $(PACKAGE); else echo 'pack is not installed: no image was made' >&2; fi

directory:
	[ -n '$(strip $(NAMES))' ] || { echo 'install a target: rustup target add x86_64-unknown-linux-musl' >&2; exit 1; }
	rm -rf packaged/binaries
	release/binaries packaged/binaries $(if $(AMD64),linux-amd64=$(AMD64)) $(if $(ARM64),linux-arm64=$(ARM64))
	release/buildpack packaged/binaries $(BUILDPACK)

release-dry-run:
	BINARIES='$(BINARIES)' release/dry-run
