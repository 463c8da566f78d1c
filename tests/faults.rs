//! `docs/FAULTS.md` and the threat model of `SECURITY.md`: every row has a test that exists and runs.

use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The texts between back quotes.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Whether a file holds that test, and nothing keeps it from running.
fn is_test(text: &str, name: &str) -> bool {
    let wanted = format!("fn {name}(");
    let Some(before) = text.split_once(&wanted).map(|(before, _)| before) else { return false };
    // The attributes of a function stand between it and the empty line before it.
    let own = before.rsplit("\n\n").next().unwrap_or_default();
    (own.contains("#[test]") || own.contains("#[tokio::test")) && !own.contains("#[ignore")
}

/// What is wrong with a row, if anything.
fn wrong(row: &str) -> Option<String> {
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
    let [fault, person, operator, tests] = cells[..] else { return Some("does not have four cells".to_owned()) };
    if [fault, person, operator].contains(&"") {
        return Some("says nothing in one of its cells".to_owned());
    }
    let tests = quoted(tests);
    if tests.is_empty() || !tests.len().is_multiple_of(2) {
        return Some("names no test; file and function, each between back quotes".to_owned());
    }
    let missing = tests.chunks(2).find(|test| !is_test(&read(test[0]), test[1]))?;
    Some(format!("{} has no test {} that runs", missing[0], missing[1]))
}

fn rows(table: &str) -> Vec<&str> {
    let rows = table.lines().filter(|line| line.starts_with("| "));
    rows.filter(|line| !line.starts_with("| fault |") && !line.starts_with("| --- |")).collect()
}

#[test]
fn every_fault_is_brought_about_by_a_test() {
    let table = read("docs/FAULTS.md");
    let rows = rows(&table);
    let wrong: Vec<String> = rows.iter().filter_map(|row| Some(format!("{row}\n  {}", wrong(row)?))).collect();
    assert!(wrong.is_empty(), "docs/FAULTS.md\n{}", wrong.join("\n"));
    let faults: BTreeSet<_> = rows.iter().map(|row| row.split(" | ").next()).collect();
    assert_eq!(faults.len(), rows.len(), "a fault has two rows");
}

#[test]
fn every_claim_of_the_threat_model_is_shown_by_a_test() {
    let page = read("SECURITY.md");
    let claims: Vec<_> = page.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    assert!(claims.len() >= 5);
    let wrong: Vec<String> = claims.iter().filter_map(|row| Some(format!("{row}\n  {}", wrong(row)?))).collect();
    assert!(wrong.is_empty(), "SECURITY.md\n{}", wrong.join("\n"));
}

#[test]
fn a_row_without_a_test_is_found() {
    assert!(wrong("| a fault | sees nothing | a line | |").is_some());
    assert!(wrong("| a fault | sees nothing | a line | `tests/faults.rs` |").is_some());
    assert!(wrong("| a fault | sees nothing | a line | `tests/faults.rs` `no_such_test` |").is_some());
    assert!(wrong("| a fault | sees nothing | a line | `tests/faults.rs` `quoted` |").is_some(), "not a test");
    assert!(wrong("| a fault | sees nothing | a line | `tests/faults.rs` `a_row_without_a_test_is_found` |").is_none());
}
