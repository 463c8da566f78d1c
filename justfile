# Recipes; `just` lists them.

_list:
    @just --list

# Talk to the bot in the terminal.
run *ARGS:
    cargo run -- console {{ARGS}}

# The tests.
test:
    cargo test

# Everything that must hold before a change lands.
ci:
    .ci/run

# What is missing, unused or too long in the texts.
check DIR="prompts":
    cargo run -- check {{DIR}}

# Accept the conversations as they are now; read the difference aloud.
bless:
    REKINDLE_BLESS=1 cargo test --test transcripts
    git diff tests/transcripts
