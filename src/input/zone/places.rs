//! The cities, countries and regions of `places.txt`: found by a folded name, most people first.

use std::sync::OnceLock;

/// Sections of zones, places and names; its head says where it comes from.
const TEXT: &str = include_str!("places.txt");

/// A city, a country or a region of one.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// ISO 3166 alpha-2.
    pub country: &'static str,
    /// The region of the country, where those are known.
    pub region: &'static str,
    /// Whether it is a country or a region, which other places lie in.
    pub is_area: bool,
    kind: &'static str,
    /// In thousands.
    pub people: u32,
    zones: &'static str,
}

/// Where a name leads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Named {
    own: &'static str,
    also: &'static str,
    codes: &'static str,
}

/// The file, with the starts of its lines.
pub struct Places {
    /// Zones, most people first.
    zones: Vec<&'static str>,
    lines: Vec<&'static str>,
    names: &'static str,
}

/// The places; read once.
pub fn places() -> &'static Places {
    static PLACES: OnceLock<Places> = OnceLock::new();
    PLACES.get_or_init(|| {
        let mut sections =
            TEXT.split("\n## ").skip(1).map(|section| section.split_once('\n').map_or("", |(_, lines)| lines));
        let (zones, places, names) =
            (sections.next().unwrap_or(""), sections.next().unwrap_or(""), sections.next().unwrap_or(""));
        let zones = zones.lines().filter_map(|line| line.split('\t').next()).collect();
        Places { zones, lines: places.lines().collect(), names }
    })
}

impl Places {
    /// Every zone, most people first.
    pub fn zones(&self) -> &[&'static str] {
        &self.zones
    }

    /// The place with this number.
    pub fn place(&self, number: usize) -> Option<Place> {
        let mut fields = self.lines.get(number)?.split('\t').skip(1);
        let mut field = || fields.next().unwrap_or("");
        let (kind, country, region) = (field(), field(), field());
        let people = field().parse().unwrap_or(0);
        Some(Place { country, region, is_area: kind != "p", kind, people, zones: field() })
    }

    /// The zones of a place with the people who live by them in thousands, most people first.
    pub fn zones_of(&self, place: &Place) -> Vec<(&'static str, u32)> {
        let zone = |part: &str| {
            let (number, people) = part.split_once('=').unwrap_or((part, ""));
            Some((*self.zones.get(number.parse::<usize>().ok()?)?, people.parse().unwrap_or(place.people)))
        };
        place.zones.split(',').filter_map(zone).collect()
    }

    /// What a folded name leads to.
    pub fn named(&self, folded: &str) -> Option<Named> {
        let line = self.names[self.lower_bound(folded)..].lines().next()?;
        let (name, named) = read(line);
        (name == folded).then_some(named)
    }

    /// What the names lead to that begin so.
    pub fn beginning(&self, folded: &str) -> impl Iterator<Item = Named> {
        let lines = self.names[self.lower_bound(folded)..].lines().map(read);
        lines.take_while(move |(name, _)| name.starts_with(folded)).map(|(_, named)| named)
    }

    /// Where the first line begins whose name is not less than this one.
    fn lower_bound(&self, folded: &str) -> usize {
        let (mut low, mut high) = (0, self.names.len());
        while low < high {
            let middle = low + (high - low) / 2;
            // The start of the line in which the middle lies; the bytes of a line break are in no other character.
            let start = self.names.as_bytes()[low..middle]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(low, |at| low + at + 1);
            let line = self.names[start..].lines().next().unwrap_or("");
            if read(line).0 < folded {
                low = (start + line.len() + 1).min(self.names.len());
            } else {
                high = start;
            }
        }
        low
    }

    /// Every name in the order of the file.
    #[cfg(test)]
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.lines().map(|line| read(line).0)
    }
}

fn read(line: &'static str) -> (&'static str, Named) {
    let mut fields = line.split('\t');
    let mut field = || fields.next().unwrap_or("");
    let (name, own, also, codes) = (field(), field(), field(), field());
    (name, Named { own, also, codes })
}

impl Named {
    /// The numbers of the places that have the name themselves, or else are called so as well; most people first.
    pub fn places(self) -> Vec<usize> {
        numbers(if self.own.is_empty() { self.also } else { self.own })
    }

    /// The numbers of all places that have the name or are called so.
    pub fn all(self) -> Vec<usize> {
        let mut all = numbers(self.own);
        all.extend(numbers(self.also));
        all
    }

    /// The numbers of the places with this code, such as `DE` or `TX`.
    pub fn codes(self) -> Vec<usize> {
        numbers(self.codes)
    }
}

impl Place {
    /// True for a country.
    pub fn is_country(&self) -> bool {
        self.kind == "c"
    }

    /// Whether `other` lies in this country or region.
    pub fn holds(&self, other: &Self) -> bool {
        self.is_area && self.country == other.country && (self.kind == "c" || self.region == other.region)
    }
}

fn numbers(list: &str) -> Vec<usize> {
    list.split(',').filter_map(|number| number.parse().ok()).collect()
}
