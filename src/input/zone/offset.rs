//! A difference to UTC as people mean it: `UTC+2` and `GMT +2` are two hours ahead. (`Etc/GMT+2` means the opposite.)

use crate::input::fold::plain;

/// The names a difference may begin with.
const BASES: [&str; 3] = ["utc", "gmt", "z"];

/// Minutes ahead of UTC. `None` where the text is something else; a bare number without a sign is.
pub(super) fn read(text: &str) -> Option<i32> {
    let text = plain(text);
    let text = text.trim().trim_start_matches('(').trim_end_matches(')').trim();
    let (base, rest) =
        BASES.iter().find_map(|base| text.strip_prefix(base).map(|rest| (true, rest))).unwrap_or((false, text));
    let rest = rest.trim();
    if rest.is_empty() {
        return base.then_some(0);
    }
    let (sign, digits) = match rest.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, rest.strip_prefix('+').or_else(|| base.then(|| rest.strip_prefix('±')).flatten())?),
    };
    let digits = digits.trim().trim_end_matches('h').trim();
    let (hours, minutes) = match digits.split_once([':', '.']) {
        Some((hours, "5")) => (hours, "30"),
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() >= 3 && digits.is_ascii() => digits.split_at(digits.len() - 2),
        None => (digits, "00"),
    };
    let number = |text: &str| {
        (text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes).filter(|_| minutes.len() == 2)?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}
