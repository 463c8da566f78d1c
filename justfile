# Recipes; `just` lists them.

_list:
    @just --list

# Talk to the bot in the terminal.
run *ARGS:
    cargo run -- console {{ARGS}}

# The tests.
test:
    cargo test --workspace

# Everything that must hold before a change lands.
ci:
    .ci/run

# What is missing, unused or too long in the texts.
check DIR="prompts":
    cargo run -- check {{DIR}}

# Accept the conversations as they are now; read the difference aloud.
bless:
    REKINDLE_BLESS=1 cargo test --test suite as_it_was_approved
    git diff tests/transcripts

# How fast and small it is: everything, in about twenty minutes, into docs/PERFORMANCE.md. `just bench answers --quick` looks at a part; `just bench answers --keep` measures it anew and keeps the other rows.
bench *ARGS:
    cargo build --locked --release --example bare_bot
    cargo bench --locked --bench performance -- {{ARGS}}

# Every fuzz target with random edits, so many milliseconds each, on the stable toolchain.
fuzz-all MILLISECONDS="600000":
    BOLERO_RANDOM_TEST_TIME_MS={{MILLISECONDS}} BOLERO_RANDOM_ITERATIONS=4294967295 cargo test --lib -- --test-threads 1 \
        any_custom_id any_event any_line_nearly any_file any_stored any_prompt_file

# One fuzz target guided by libFuzzer, for TIME; needs `cargo install cargo-bolero`. For example: just fuzz config::tests::any_file_is_taken_or_refused_with_a_line_of_it
fuzz TARGET TIME="10min":
    cargo bolero test --rustc-bootstrap --engine libfuzzer --time {{TIME}} {{TARGET}}

# Many interactions with a real bot, and its memory before and after; 200,000 take about a quarter of an hour.
soak INTERACTIONS="200000":
    REKINDLE_SOAK={{INTERACTIONS}} cargo test --release --test suite memory_is_flat -- --nocapture

# A bill of materials (CycloneDX, JSON) of what the binary is made of; needs `cargo install cargo-cyclonedx`.
sbom:
    cargo cyclonedx --format json --all --target all --spec-version 1.5
