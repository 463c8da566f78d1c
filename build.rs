//! Tells cargo that the prompts are part of the program, so that a new or removed file is seen as well as a changed one.

fn main() {
    println!("cargo::rerun-if-changed=prompts");
}
