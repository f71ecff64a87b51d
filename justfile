# The menu. `just` alone lists it.

_default:
    @just --list

# Both agents in this terminal
chat *ARGS:
    cargo run --release -- chat {{ ARGS }}

# What is wrong with this configuration, if anything
doctor:
    cargo run -- doctor

# Every test, as CI runs them; PLUMBLINE_TEST_POSTGRES=postgres://... adds PostgreSQL
test *ARGS:
    cargo test {{ ARGS }}

# The tests of one crate: just test-crate store
test-crate CRATE *ARGS:
    cargo test -p plumbline-{{ CRATE }} {{ ARGS }}

# The dependency arrows, file sizes and names of the house
house:
    cargo test --test house

# Formatting and lints
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

fmt:
    cargo fmt --all

# The documentation, with warnings denied
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Licences and advisories of what we depend on (needs cargo-deny)
deny:
    cargo deny check

# New snapshots, to be read before they are kept
snapshots:
    INSTA_UPDATE=always cargo test

# Speed: one table, each row beside what this machine can do; --only acks, --quick
bench *ARGS:
    cargo build --release -p plumbline -p plumbline-bench
    cargo run --release -q -p plumbline-bench -- {{ ARGS }}

# A thousand sockets of the live stream and a hundred messages a second; --quick for a look
live-load *ARGS:
    cargo build --release -p plumbline -p plumbline-bench
    cargo run --release -q -p plumbline-bench -- --only live {{ ARGS }}

# Fleets of real processes killed, cut off and upgraded under load, and seeded schedules, for SECONDS of fire each
chaos SECONDS="60" SEEDS="300":
    PLUMBLINE_CHAOS_SECONDS={{ SECONDS }} cargo test --test it fleet:: -- --nocapture --test-threads 1
    PLUMBLINE_SEEDS={{ SEEDS }} cargo test -p plumbline-runtime --test it simulation -- --nocapture
    cargo test --test it crashes::

# Everything CI does
ci:
    .ci/run
