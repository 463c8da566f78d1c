//! The people of the two files side by side: who has a row and a key, who only one of them.
//!
//! Opening, copying and restoring come here. Numbers are read a stretch at a time, so that
//! a million people take no more memory than a few.

use rusqlite::Connection;

/// How many numbers of each file are in memory at once.
const STRETCH: usize = 2_048;

/// A stretch of the numbers of both files.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    /// Those with a row and a key.
    pub(super) both: Vec<i64>,
    /// Those with a row and no key: forgotten, or the keys are an older copy.
    pub(super) keyless: Vec<i64>,
    /// Those with a key and no row: never finished, or the data is an older copy.
    pub(super) rowless: Vec<i64>,
    /// Behind which number the next begins; `None` at the end.
    pub(super) next: Option<i64>,
}

/// The numbers behind `after`.
fn stretch(data: &Connection, keys: &Connection, after: i64) -> rusqlite::Result<Stretch> {
    stretch_of(data, keys, after, STRETCH)
}

fn stretch_of(data: &Connection, keys: &Connection, after: i64, most: usize) -> rusqlite::Result<Stretch> {
    let some = |file: &Connection, query| -> rusqlite::Result<Vec<i64>> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        file.prepare_cached(query)?.query_map([after, limit], |row| row.get(0))?.collect()
    };
    let rows = some(data, "SELECT id FROM persons WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let held = some(keys, "SELECT person_id FROM keys WHERE person_id > ?1 ORDER BY person_id LIMIT ?2")?;
    // As far as both are known.
    let end = |numbers: &[i64]| numbers.last().copied().filter(|_| numbers.len() == most);
    let next = end(&rows).into_iter().chain(end(&held)).min();
    let within = |number: &&i64| next.is_none_or(|next| **number <= next);
    let mut found = Stretch { next, ..Stretch::default() };
    let (mut rows, mut held) = (rows.iter().filter(within).peekable(), held.iter().filter(within).peekable());
    loop {
        match (rows.peek(), held.peek()) {
            (None, None) => return Ok(found),
            (Some(row), Some(key)) if row == key => {
                found.both.push(**row);
                rows.next();
                held.next();
            }
            (Some(row), key) if key.is_none_or(|key| row < key) => found.keyless.extend(rows.next()),
            _ => found.rowless.extend(held.next()),
        }
    }
}

/// Goes through all stretches.
pub(super) fn each_stretch<E: From<rusqlite::Error>>(
    data: &Connection,
    keys: &Connection,
    mut each: impl FnMut(Stretch) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = Some(i64::MIN);
    while let Some(behind) = after {
        let found = stretch(data, keys, behind)?;
        after = found.next;
        each(found)?;
    }
    Ok(())
}

/// Whether there are people who were not forgotten, and none of them has a key. Ends at the first who has one.
pub(super) fn nobody_has_a_key(data: &Connection, keys: &Connection) -> rusqlite::Result<bool> {
    let mut people = data.prepare("SELECT id FROM persons ORDER BY id")?;
    let mut forgotten = keys.prepare("SELECT 1 FROM forgotten WHERE person_id = ?1")?;
    let mut key = keys.prepare("SELECT 1 FROM keys WHERE person_id = ?1")?;
    let (mut people, mut living) = (people.query([])?, false);
    while let Some(row) = people.next()? {
        let person: i64 = row.get(0)?;
        if forgotten.exists([person])? {
            continue;
        }
        if key.exists([person])? {
            return Ok(false);
        }
        living = true;
    }
    Ok(living)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    use super::*;

    fn file(table: &str, column: &str, numbers: &BTreeSet<i64>) -> Connection {
        let file = Connection::open_in_memory().unwrap();
        file.execute_batch(&format!("CREATE TABLE {table} ({column} INTEGER PRIMARY KEY)")).unwrap();
        for number in numbers {
            file.execute(&format!("INSERT INTO {table} VALUES (?1)"), [number]).unwrap();
        }
        file
    }

    proptest! {
        #[test]
        fn in_stretches_of_any_length_everybody_is_met_once_and_on_the_right_side(
            rows in proptest::collection::btree_set(1_i64..40, 0..30),
            held in proptest::collection::btree_set(1_i64..40, 0..30),
            most in 1_usize..8,
        ) {
            let (data, keys) = (file("persons", "id", &rows), file("keys", "person_id", &held));
            let (mut both, mut keyless, mut rowless) = (Vec::new(), Vec::new(), Vec::new());
            let mut after = Some(i64::MIN);
            while let Some(behind) = after {
                let found = stretch_of(&data, &keys, behind, most).unwrap();
                prop_assert!(found.next.is_none_or(|next| next > behind));
                both.extend(found.both);
                keyless.extend(found.keyless);
                rowless.extend(found.rowless);
                after = found.next;
            }
            prop_assert_eq!(both, rows.intersection(&held).copied().collect::<Vec<_>>());
            prop_assert_eq!(keyless, rows.difference(&held).copied().collect::<Vec<_>>());
            prop_assert_eq!(rowless, held.difference(&rows).copied().collect::<Vec<_>>());
        }
    }
}
