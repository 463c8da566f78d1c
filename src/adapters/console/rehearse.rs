//! Moving the time of a bot that talks elsewhere: `rekindle run --at TIME` reads `:skip 3d` and the like from standard input,
//! so that weeks can be tried out, or tested, in a minute.

use std::io::{self, BufRead as _, Write as _};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::input::{self, Line, Local};
use super::{House, after, stamp, texts};

/// Does what each line of standard input says about the time, until there are no more. What is due on the way has been
/// sent when a line is answered.
///
/// # Errors
/// Where standard output cannot be written, or what is due cannot be sent.
pub async fn rehearse(house: &mut impl House, zone: &TimeZone) -> anyhow::Result<()> {
    let (send, mut lines) = tokio::sync::mpsc::channel(1);
    // It waits for a line for as long as there may be one; the program does not wait for it.
    std::thread::Builder::new().name("rehearsal".to_owned()).spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if send.blocking_send(line).is_err() {
                return;
            }
        }
    })?;
    while let Some(line) = lines.recv().await {
        let answer = match input::parse(&line) {
            Line::Nothing => continue,
            Line::Local(Local::Now) => now(house, zone),
            Line::Local(Local::When) => match house.next_at().await? {
                Some(next) => format!("{} {next}", texts::when(Some(stamp(next, zone)))),
                None => texts::when(None),
            },
            Line::Local(Local::Skip(span)) => move_to(house, zone, after(house.now(), span, zone)).await?,
            Line::Local(Local::To(moment)) => {
                move_to(house, zone, zone.to_zoned_datetime(moment).ok().map(|to| to.timestamp())).await?
            }
            Line::Local(Local::Until(to)) => move_to(house, zone, Some(to)).await?,
            _ => texts::REHEARSAL.to_owned(),
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

async fn move_to(house: &mut impl House, zone: &TimeZone, to: Option<Timestamp>) -> anyhow::Result<String> {
    let Some(to) = to else { return Ok(texts::TOO_FAR.to_owned()) };
    if to < house.now() {
        return Ok(texts::backwards(&stamp(house.now(), zone), &name(zone)));
    }
    house.advance_to(to).await?;
    Ok(now(house, zone))
}

fn now(house: &impl House, zone: &TimeZone) -> String {
    texts::now(&stamp(house.now(), zone), &name(zone))
}

fn name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}
