//! A disk that is full, read-only, held by another program, damaged or cut short: nobody loses what was stored, nobody is
//! told that something was saved which was not, and it goes on by itself when there is room again.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use super::*;

const ASKED: &str = "Who ended it";
const MORNING: &str = "2026-05-05T07:00:00Z";
const KEPT: &str = "What should I do with this?";
const UNSAVED: &str = "didn't get saved";

/// A file may grow no further than this from now on, for this process: the disk is full. `None`: there is room again.
fn room(running: &Running, bytes: Option<u64>) {
    let id = Pid::from_raw(running.id().try_into().unwrap());
    prlimit(id, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
}

/// So that a file that may not grow is an error of the write and not the end of the process.
const ERRORS_ONLY: &str = "trap '' XFSZ";

/// Without root's right to write what nobody may.
const LIKE_ANYBODY: &str = "[ $(id -u) != 0 ] || exec setpriv --bounding-set=-dac_override,-dac_read_search \
                            --inh-caps=-all -- \"$0\" \"$@\"";

/// What it says at its end, where it does not come up.
fn refused(town: &Town) -> String {
    let before = town.bot.log().len();
    let mut running = town.bot.start(Some(time(EVENING)));
    assert_eq!(running.wait().code(), Some(1), "{}", town.bot.log());
    drop(running);
    town.bot.log()[before..].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_when_there_is_room_it_goes_on_by_itself() {
    let (mut town, running) = Town::with(|town| town.bot.under(ERRORS_ONLY)).await;
    let people = delivery::crowd(&town, 20).await;
    let ben = town.discord.person("ben");
    town.agrees(&ben).await;
    assert!(running.end().success());

    // Room for what a start writes and not for twenty reminders.
    town.bot.under(&format!("{ERRORS_ONLY}; ulimit -S -f 66"));
    let running = town.start(town.bot.start(Some(time(MORNING)))).await;
    room(&running, Some(1));
    // What changes nothing is answered all the same.
    assert!(town.command(&ben, Place::Dm, "reasons").await.text().contains(ASKED));
    for place in [Place::Dm, Place::Server] {
        let sorry = match place {
            Place::Dm => town.answer(&town.chooses(&ben, 7).await).await,
            // There the answer has to be stored, to be sent into the direct message.
            _ => town.command(&ben, place, "reasons").await,
        };
        assert!(sorry.text().contains(UNSAVED), "{}", sorry.text());
        let lines = town.command(&ben, place, "support").await;
        assert!(lines.text().contains("findahelpline.com"), "{}", lines.text());
    }
    town.logs("due timers could not be fired").await;
    assert!(people.iter().any(|person| town.times(person, REMINDER) == 0), "there was room for all");
    // Room again, and nobody says so.
    room(&running, None);
    for person in &people {
        town.sees(person, REMINDER, 1).await;
    }
    assert!(town.command(&ben, Place::Dm, "reasons").await.text().contains(ASKED));
    assert!(running.end().success());

    // Full at the start: nothing is begun, and nothing is lost.
    town.bot.under(&format!("{ERRORS_ONLY}; ulimit -f 0"));
    let said = refused(&town);
    assert!(said.contains("a.db") && said.contains("written"), "{said}");
    town.bot.under(":");
    let mut running = town.start(town.bot.start(Some(time(MORNING)))).await;
    running.live_until(time("2026-05-06T07:00:00Z"));
    for person in &people {
        town.sees(person, REMINDER, 2).await;
    }
    town.is_silent_of(&[ben.id.to_string(), ben.dm_channel().to_string(), town.discord.token()]);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_written_are_named_at_the_start_and_harm_nothing() {
    let (town, running) = Town::with(|town| town.bot.under(LIKE_ANYBODY)).await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    assert!(running.end().success());
    let may = |name: &str, mode| fs::set_permissions(town.bot.path(name), Permissions::from_mode(mode)).unwrap();
    // The database alone, then all and the folder.
    may("a.db", 0o400);
    let said = refused(&town);
    assert!(said.contains("a.db: ") && said.contains("is writable"), "{said}");
    for name in ["a.keys", "a.key", "a.db.lock"] {
        may(name, 0o400);
    }
    may("", 0o500);
    let said = refused(&town);
    assert!(said.contains("a.db.lock") && said.contains("is writable"), "{said}");
    may("", 0o700);
    for name in ["a.db", "a.keys", "a.key", "a.db.lock"] {
        may(name, 0o600);
    }
    let mut running = town.start(town.bot.start(Some(time(EVENING)))).await;
    running.live_until(time(MORNING));
    town.sees(&anna, REMINDER, 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_another_program_holds_delays_what_is_due_and_loses_nothing() {
    let (town, mut running) = Town::with(|town| town.bot.set_wait("defer=500")).await;
    let (anna, ben) = (town.discord.person("anna"), town.discord.person("ben"));
    town.settles_in(&anna).await;
    town.agrees(&ben).await;
    let holder = rusqlite::Connection::open(town.bot.path("a.db")).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    // Longer than a statement waits: word that an answer is coming, and then that it was not saved.
    let asked = town.chooses(&ben, 7).await;
    assert_eq!(asked.answer(LONG).await.unwrap().kind, 5);
    assert!(asked.original(LONG).await.unwrap().text().contains(UNSAVED));
    holder.execute_batch("ROLLBACK").unwrap();
    running.live_until(time(MORNING));
    town.sees(&anna, REMINDER, 1).await;
    assert!(town.command(&ben, Place::Dm, "reasons").await.text().contains(ASKED));
    assert!(running.end().success());
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let said = refused(&town);
    assert!(said.contains("a.db could not be written") && said.contains("no other program"), "{said}");
    holder.execute_batch("ROLLBACK").unwrap();
    let _running = town.start(town.bot.start(Some(time(MORNING)))).await;
    town.command(&ben, Place::Dm, "help").await;
    town.is_well();
}

/// Where the pages of a tree are; the first is 1.
fn page(town: &Town, tree: &str) -> (u64, u64) {
    let database = rusqlite::Connection::open(town.bot.path("a.db")).unwrap();
    let size = database.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    let root = "SELECT rootpage FROM sqlite_master WHERE name = ?1";
    (database.query_row(root, [tree], |row| row.get(0)).unwrap(), size)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_page_is_refused_with_the_way_back_and_the_copy_serves_everybody() {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    assert!(running.end().success());
    let file = town.bot.path("a.db");
    let whole = fs::read(&file).unwrap();
    for tree in ["timers", "timers_by_due", "deliveries", "persons", "one_active_journey"] {
        let (number, size) = page(&town, tree);
        let begin = usize::try_from((number - 1) * size).unwrap();
        let mut torn = whole.clone();
        torn[begin..begin + 16].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(&file, &torn).unwrap();
        let said = refused(&town);
        assert!(said.contains("a.db is damaged") && said.contains("`rekindle restore`"), "{tree}: {said}");
        assert_eq!(fs::read(&file).unwrap(), torn, "it was not touched");
    }
    fs::write(&file, &whole).unwrap();
    let mut running = town.start(town.bot.start(Some(time(EVENING)))).await;
    running.live_until(time(MORNING));
    town.sees(&anna, REMINDER, 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_page_of_a_large_file_is_logged_where_it_is_read_and_found_by_the_next_copy() {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    assert!(running.end().success());
    // Larger than what is checked at a start.
    let grow = "CREATE TABLE filler (bytes BLOB); INSERT INTO filler VALUES (zeroblob(70000000)); DROP TABLE filler";
    rusqlite::Connection::open(town.bot.path("a.db")).unwrap().execute_batch(grow).unwrap();
    let copies = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rekindle"));
        command.args(["backup", "--to", "copies", "--config", "config.toml"]).env_remove("REKINDLE_KEY");
        command.current_dir(town.bot.folder.path()).output().unwrap()
    };
    assert!(copies().status.success(), "what is whole is copied");

    let (number, size) = page(&town, "timers_by_due");
    let file = fs::OpenOptions::new().write(true).open(town.bot.path("a.db")).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &[0x5a; 16], (number - 1) * size).unwrap();
    let _running = town.start(town.bot.start(Some(time(EVENING)))).await;
    town.logs("due timers could not be fired").await;
    let copied = copies();
    let said = String::from_utf8_lossy(&copied.stderr);
    assert_eq!(copied.status.code(), Some(1), "{said}");
    assert!(said.contains("a.db is damaged") && said.contains("`rekindle restore`"), "{said}");
    town.is_well();
}

/// Waits until the store knows of everything that it was shown.
async fn noted(town: &Town) {
    let database = rusqlite::Connection::open(town.bot.path("a.db")).unwrap();
    let open = "SELECT count(*) FROM deliveries WHERE state <> 'settled'";
    let all = async {
        while database.query_row(open, [], |row| row.get::<_, u32>(0)).unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(LONG, all).await.is_ok(), "what was shown is not noted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wal_cut_in_the_middle_costs_what_was_in_the_cut_and_nothing_before_it() {
    let (town, running) = Town::new().await;
    let (anna, ben) = (town.discord.person("anna"), town.discord.person("ben"));
    town.settles_in(&anna).await;
    town.agrees(&ben).await;
    for days in [7, 14, 30, 60] {
        town.answer(&town.chooses(&ben, days).await).await;
    }
    noted(&town).await;
    // The last commit is the note that this was shown. It has its buttons, so it is found without that note; those of what
    // was pressed before are gone, and their notes are older.
    town.command(&ben, Place::Dm, "journey").await;
    town.discord.writes(&ben, "I dreamt of the sea").await;
    town.sees(&ben, KEPT, 1).await;
    noted(&town).await;
    town.kills(running).await;
    let names = ["a.db", "a.db-wal", "a.keys", "a.keys-wal"];
    let files = names.map(|name| fs::read(town.bot.path(name)).unwrap());
    for (run, cut) in [1, 2_000, 10_000].into_iter().enumerate() {
        for (name, bytes) in names.iter().zip(&files) {
            let kept = if *name == "a.db-wal" { bytes.len() - cut } else { bytes.len() };
            fs::write(town.bot.path(name), &bytes[..kept]).unwrap();
        }
        let mut running = town.start(town.bot.start(Some(time(EVENING)))).await;
        for person in [&anna, &ben] {
            let place = town.command(person, Place::Dm, "journey").await.text();
            assert!(!place.contains("One thing first") && !place.contains(UNSAVED), "cut by {cut}: {place}");
        }
        running.live_until(time(MORNING));
        // Her reminder of this run; and what ben saw before the kill is not seen again, also where the note of it was cut.
        let seen = (town.times(&anna, REMINDER), town.times(&ben, CHOSEN), town.times(&ben, KEPT));
        assert_eq!(seen, (run + 1, 4, 1), "cut by {cut}");
        town.kills(running).await;
    }
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_while_everybody_presses_is_whole_and_serves_everybody_once() {
    let (town, running) = Town::new().await;
    let people = delivery::crowd(&town, 20).await;
    let folder = town.bot.folder.path().to_owned();
    let rekindle = move |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rekindle"));
        command.args(arguments).args(["--config", "config.toml"]).current_dir(&folder).env_remove("REKINDLE_KEY");
        let done = command.output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    let copy = rekindle.clone();
    let copying = tokio::task::spawn_blocking(move || (0..5).for_each(|_| copy(&["backup", "--to", "copies"])));
    while !copying.is_finished() {
        futures_util::future::join_all(people.iter().map(|person| town.command(person, Place::Dm, "journey"))).await;
    }
    copying.await.unwrap();
    town.is_well();
    running.kill();
    rekindle(&["restore", "--from", "copies", "--replace"]);
    let mut running = town.start(town.bot.start(Some(time(EVENING)))).await;
    running.live_until(time("2026-05-05T08:00:00Z"));
    for person in &people {
        town.sees(person, REMINDER, 1).await;
    }
    town.is_well();
}
