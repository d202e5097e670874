# make check      everything that must hold before a change lands; the tests over a corpus of Procfiles run if
#                 PROCFILE_CORPUS names it, and show as ignored otherwise. Needs Go, valgrind, readelf (binutils),
#                 python3, GNU time, cargo-libcnb and cargo-deny; tests show as ignored without dash and busybox.
#   TESTS="--test corpus" make check       with these arguments of cargo test
# make package    packages the buildpack: its directory, and if pack is installed, an OCI image of every target:
#   make package                           the musl targets that rustup has installed
#   make package PUBLISH=1                 pushes the image (a release does)
#   make package CNB=procfile.cnb          writes a file for each target instead (procfile-linux-amd64.cnb …)
# A target may be replaced where musl cannot be had, and its binary linked statically by RUSTFLAGS:
#   make package AMD64=x86_64-unknown-linux-gnu ARM64=
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' buildpack.toml)
IMAGE := ghcr.io/octopilot/procfile:$(VERSION)
INSTALLED := $(shell rustup target list --installed)
AMD64 := $(filter x86_64-unknown-linux-musl,$(INSTALLED))
ARM64 := $(filter aarch64-unknown-linux-musl,$(INSTALLED))
CNB :=
PUBLISH :=
TESTS ?=

NAMES := $(if $(AMD64),amd64) $(if $(ARM64),arm64)
BUILDPACK := packaged/octopilot_procfile
# pack looks for the targets' directories where it is started, not where package.toml is.
PACKAGE := cd $(BUILDPACK) && pack buildpack package $(or $(abspath $(CNB)),$(IMAGE)) $(if $(CNB),--format file) \
	--config package.toml --pull-policy never $(if $(PUBLISH),--publish) \
	$(foreach name,$(NAMES),--target linux/$(name))

# What the checks package: without the musl target, glibc is linked statically.
CHECKED := $(or $(AMD64),x86_64-unknown-linux-gnu)

.PHONY: check package directory version
check:
	cargo fmt --check
	for crate in fancy-regex insta; do \
		cargo tree --locked --edges normal --prefix none --no-dedupe | grep "^$$crate .*/crates/$$crate)" | uniq; \
		done
	cargo deny --locked check bans licenses sources
	cargo clippy --locked --all-targets -- --deny warnings
	cargo test --locked $(TESTS)
	cargo test --locked --test tests manifests::schemas -- --ignored
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps --document-private-items
	CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS='-C target-feature=+crt-static' \
		cargo libcnb package --release --target $(CHECKED)
	benches/cost packaged/$(CHECKED)/release/octopilot_procfile

package: directory
	if command -v pack >/dev/null; then $(PACKAGE); else echo 'pack is not installed: no image was made' >&2; fi

# The layout that pack takes for several targets: what they share, and a directory for each.
directory:
	[ -n '$(strip $(NAMES))' ] || { echo 'install a target: rustup target add x86_64-unknown-linux-musl' >&2; exit 1; }
	rm -rf $(BUILDPACK)
	mkdir -p $(BUILDPACK)
	cp buildpack.toml package.toml LICENSE $(BUILDPACK)
	for target in $(if $(AMD64),amd64=$(AMD64)) $(if $(ARM64),arm64=$(ARM64)); do \
		cargo libcnb package --release --target "$${target#*=}"; \
		mkdir -p "$(BUILDPACK)/linux/$${target%%=*}"; \
		cp -R "packaged/$${target#*=}/release/octopilot_procfile"/{bin,.libcnb-cargo} "$(BUILDPACK)/linux/$${target%%=*}"; \
	done

version:
	@echo $(VERSION)
