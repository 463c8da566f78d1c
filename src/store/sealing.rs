//! Sealing: how bytes become noise and back. Pure but for the random numbers it draws.
//!
//! The operator's key gives, with the store's random id (HKDF-SHA256), the key that wraps: the persons' keys, and the secrets
//! of the keyed hashes ([`Hashes`]). Those secrets are the store's own, so the operator's key can be changed by wrapping
//! anew, without touching a text or a hash. Each person's own key seals their rows with XChaCha20-Poly1305 under a random
//! nonce, bound to table, person and row, so that a sealed value that was altered or moved elsewhere does not open.

use std::io;

use chacha20poly1305::aead::rand_core::RngCore;
use chacha20poly1305::aead::{Aead, KeyInit, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::error::StoreError;
use crate::chat::{Account, InboundId, PersonId};

/// First byte of every sealed value, so that a later format can be told apart.
const FORMAT: u8 = 1;
/// Bytes of an `XChaCha20` nonce.
const NONCE: usize = 24;
/// Plain lengths are rounded up to a multiple of this, so that a length tells little about what was written.
const BLOCK: usize = 64;
/// Bytes of the length that stands before the padded plain text.
const LENGTH: usize = 4;
/// What the canary says.
const CANARY: &[u8] = b"rekindle: this is the right key";

/// A 32-byte key, wiped when dropped, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Key([u8; 32]);

impl Key {
    /// Draws a new one.
    pub(super) fn random() -> Result<Self, StoreError> {
        // Drawn where it stays: a value that is returned leaves a copy behind.
        let mut key = Self([0; 32]);
        fill(&mut key.0)?;
        Ok(key)
    }

    /// Takes exactly 32 bytes.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Self([0; 32]);
        (bytes.len() == key.0.len()).then(|| key.0.copy_from_slice(bytes))?;
        Some(key)
    }

    /// Takes 64 hexadecimal digits, with blanks around them allowed.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let digits = text.trim().as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut key = Self([0; 32]);
        for (byte, pair) in key.0.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(key)
    }

    /// Whether both are the same key. For keys that are both at hand: it takes no care to take the same time for all.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// The key as 64 hexadecimal digits.
    pub(super) fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or_default());
            }
        }
        text
    }
}

/// Where a sealed value stands; it opens nowhere else.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The table.
    pub(super) table: &'static str,
    /// Whose row it is.
    pub(super) person: PersonId,
    /// Which row of the table.
    pub(super) row: i64,
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        let mut bytes = b"rekindle\0".to_vec();
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.person.0.to_be_bytes());
        bytes.extend_from_slice(&self.row.to_be_bytes());
        bytes.extend_from_slice(self.table.as_bytes());
        bytes
    }
}

/// What the operator's key does: it wraps the keys of one store.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Wrapping {
    key: Key,
    /// The hash keys that a store has from its first operator's key.
    first: [Key; 2],
}

impl Wrapping {
    /// Derives it for the store with this id.
    pub(super) fn new(operator: &Key, store: &[u8; 16]) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(store), &operator.0);
        let derive = |label: &[u8]| {
            let mut key = Key([0; 32]);
            // HKDF refuses only outputs over 8160 bytes, so 32 always succeed.
            hkdf.expand(label, &mut key.0).expect("32 bytes are within HKDF's limit");
            key
        };
        Self {
            key: derive(b"rekindle 1 wrapping"),
            first: [derive(b"rekindle 1 lookup"), derive(b"rekindle 1 inbound")],
        }
    }

    /// Wraps a person's key.
    pub(super) fn wrap(&self, person: PersonId, key: &Key) -> Result<Vec<u8>, StoreError> {
        seal(&self.key, Place { table: "keys", person, row: person.0 }, &key.0)
    }

    /// Unwraps a person's key.
    pub(super) fn unwrap(&self, person: PersonId, wrapped: &[u8]) -> Result<Key, StoreError> {
        let plain = open(&self.key, Place { table: "keys", person, row: person.0 }, wrapped)?;
        Key::from_bytes(&plain).ok_or(StoreError::Unreadable { table: "keys" })
    }

    /// A known text, sealed: proof of the right operator key.
    pub(super) fn canary(&self) -> Result<Vec<u8>, StoreError> {
        seal(&self.key, CANARY_PLACE, CANARY)
    }

    /// Whether a canary was sealed by this key.
    pub(super) fn knows(&self, canary: &[u8]) -> bool {
        open(&self.key, CANARY_PLACE, canary).is_ok_and(|plain| plain.as_slice() == CANARY)
    }

    /// The secrets of a store that has none of its own yet: what this operator's key always gave, and one that is new.
    pub(super) fn first_hashes(&self) -> Result<Hashes, StoreError> {
        let [lookup, inbound] = &self.first;
        Ok(Hashes { lookup: Key(lookup.0), inbound: Key(inbound.0), own: Key::random()? })
    }

    /// The hashes of a version that had no secrets of the store's own: of an account, and of an event of its person's.
    #[cfg(test)]
    pub(super) fn first_hashes_of(&self, account: &Account, person: PersonId, id: &InboundId) -> [[u8; 32]; 2] {
        [
            hash(&self.first[0], &[account.platform.as_bytes(), b"\0", account.id.as_bytes()]),
            hash(&self.first[1], &[&person.0.to_be_bytes(), id.0.as_bytes()]),
        ]
    }

    /// Wraps the secrets of the hashes.
    pub(super) fn wrap_hashes(&self, hashes: &Hashes) -> Result<Vec<u8>, StoreError> {
        let all = Zeroizing::new([hashes.lookup.0, hashes.inbound.0, hashes.own.0].concat());
        seal(&self.key, HASHES_PLACE, &all)
    }

    /// Unwraps them.
    pub(super) fn unwrap_hashes(&self, wrapped: &[u8]) -> Result<Hashes, StoreError> {
        let plain = open(&self.key, HASHES_PLACE, wrapped)?;
        let keys: Option<Vec<Key>> = plain.chunks(32).map(Key::from_bytes).collect();
        let keys: Result<[Key; 3], _> = keys.unwrap_or_default().try_into();
        let [lookup, inbound, own] = keys.map_err(|_| StoreError::Unreadable { table: "meta" })?;
        Ok(Hashes { lookup, inbound, own })
    }
}

/// The secrets of the keyed hashes. The inner two are what the first operator's key gave, so that a store from before the
/// third existed needs no account to be asked for again: its hashes are hashed once more with the store's own.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Hashes {
    lookup: Key,
    inbound: Key,
    own: Key,
}

impl Hashes {
    /// The keyed hash by which an account is found.
    pub(super) fn lookup(&self, account: &Account) -> [u8; 32] {
        self.own(&hash(&self.lookup, &[account.platform.as_bytes(), b"\0", account.id.as_bytes()]))
    }

    /// The keyed hash of an account that is too young: another one than [`Hashes::lookup`] gives, so that it says nothing
    /// about a person of an old copy.
    pub(super) fn too_young(&self, account: &Account) -> [u8; 32] {
        hash(&self.own, &[b"too young\0", &self.lookup(account)])
    }

    /// The keyed hash by which a repeated inbound event of one person is known.
    pub(super) fn inbound(&self, person: PersonId, id: &InboundId) -> [u8; 32] {
        self.own(&hash(&self.inbound, &[&person.0.to_be_bytes(), id.0.as_bytes()]))
    }

    /// Makes a hash the store's own that hung on the operator's key alone.
    pub(super) fn own(&self, first: &[u8]) -> [u8; 32] {
        hash(&self.own, &[b"hash\0", first])
    }

    /// What says which secrets made the hashes of a file, without giving them away.
    pub(super) fn check(&self) -> [u8; 32] {
        hash(&self.own, &[b"check\0"])
    }
}

/// All that an open store seals with, but for the persons' own keys.
pub(super) struct Sealer {
    /// The operator's.
    pub(super) wrapping: Wrapping,
    /// The store's.
    pub(super) hashes: Hashes,
}

/// Where the canary stands: in a table of one row that belongs to nobody.
const CANARY_PLACE: Place = Place { table: "meta", person: PersonId(0), row: 1 };
/// Where the secrets of the hashes stand: in the same row, as another column.
const HASHES_PLACE: Place = Place { table: "meta", person: PersonId(0), row: 2 };

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

fn fill(bytes: &mut [u8]) -> Result<(), StoreError> {
    OsRng.try_fill_bytes(bytes).map_err(|_| StoreError::NotSaved)
}

fn hash(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&key.0).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Seals bytes for one place.
pub(super) fn seal(key: &Key, place: Place, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let refused = StoreError::Unreadable { table: place.table };
    let Ok(length) = u32::try_from(plain.len()) else { return Err(refused) };
    let mut padded = Zeroizing::new(vec![0; (LENGTH + plain.len()).next_multiple_of(BLOCK)]);
    padded[..LENGTH].copy_from_slice(&length.to_be_bytes());
    padded[LENGTH..LENGTH + plain.len()].copy_from_slice(plain);
    let nonce: [u8; NONCE] = random()?;
    let aad = place.bytes();
    let noise = XChaCha20Poly1305::new((&key.0).into())
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: &padded, aad: &aad })
        .map_err(|_| refused)?;
    let mut sealed = Vec::with_capacity(1 + NONCE + noise.len());
    sealed.push(FORMAT);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&noise);
    Ok(sealed)
}

/// Opens what was sealed for that very place.
pub(super) fn open(key: &Key, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    opened(key, place, sealed).ok_or(StoreError::Sealed { table: place.table, row: place.row })
}

fn opened(key: &Key, place: Place, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (&format, rest) = sealed.split_first()?;
    let (nonce, noise) = rest.split_at_checked(NONCE)?;
    if format != FORMAT {
        return None;
    }
    let aad = place.bytes();
    let plain = XChaCha20Poly1305::new((&key.0).into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: noise, aad: &aad })
        .ok()?;
    let plain = Zeroizing::new(plain);
    let (length, text) = plain.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    Some(Zeroizing::new(text.get(..length)?.to_vec()))
}

/// Seals a value as JSON.
pub(super) fn seal_json(key: &Key, place: Place, value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let mut plain = Wiped::default();
    // The error of serde_json may quote the value, so it goes no further.
    serde_json::to_writer(&mut plain, value).map_err(|_| StoreError::Unreadable { table: place.table })?;
    seal(key, place, &plain.0)
}

/// A buffer that wipes what it leaves behind when it grows; a plain one would leave every shorter beginning of a letter in
/// freed memory.
struct Wiped(Zeroizing<Vec<u8>>);

impl Default for Wiped {
    fn default() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(1024)))
    }
}

impl io::Write for Wiped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.next_power_of_two()));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a value that was sealed as JSON.
pub(super) fn open_json<T: DeserializeOwned>(key: &Key, place: Place, sealed: &[u8]) -> Result<T, StoreError> {
    let plain = open(key, place, sealed)?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::Unreadable { table: place.table })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { table: "entries", person: PersonId(1), row: 7 };

    fn wrapping(operator: u8, store: u8) -> Wrapping {
        Wrapping::new(&Key([operator; 32]), &[store; 16])
    }

    #[test]
    fn what_was_sealed_opens_at_its_place_alone() {
        let key = Key::random().unwrap();
        for plain in [&b""[..], b"a", &[9; 60], &[9; 61], &[9; 5000]] {
            let sealed = seal(&key, PLACE, plain).unwrap();
            assert_eq!(open(&key, PLACE, &sealed).unwrap().as_slice(), plain);
            for moved in [
                Place { table: "journeys", ..PLACE },
                Place { person: PersonId(2), ..PLACE },
                Place { row: 8, ..PLACE },
            ] {
                assert!(matches!(open(&key, moved, &sealed), Err(StoreError::Sealed { .. })));
            }
            assert!(matches!(open(&Key::random().unwrap(), PLACE, &sealed), Err(StoreError::Sealed { .. })));
        }
    }

    #[test]
    fn every_flipped_byte_and_every_cut_is_refused() {
        let key = Key::random().unwrap();
        let sealed = seal(&key, PLACE, b"words").unwrap();
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert!(open(&key, PLACE, &flipped).is_err(), "byte {at}");
            assert!(open(&key, PLACE, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn lengths_tell_only_multiples_of_sixty_four() {
        let key = Key::random().unwrap();
        let lengths = |range: std::ops::Range<usize>| {
            range.map(|n| seal(&key, PLACE, &vec![b'x'; n]).unwrap().len()).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(lengths(0..61).len(), 1);
        assert_eq!(lengths(0..189).len(), 3);
    }

    #[test]
    fn the_same_words_never_seal_alike() {
        let key = Key::random().unwrap();
        assert_ne!(seal(&key, PLACE, b"x").unwrap(), seal(&key, PLACE, b"x").unwrap());
    }

    #[test]
    fn the_canary_knows_its_operator_key_and_store() {
        let canary = wrapping(7, 1).canary().unwrap();
        assert!(wrapping(7, 1).knows(&canary));
        assert!(!wrapping(8, 1).knows(&canary));
        assert!(!wrapping(7, 2).knows(&canary));
    }

    #[test]
    fn a_persons_key_unwraps_for_that_person_alone() {
        let key = Key::random().unwrap();
        let wrapped = wrapping(7, 1).wrap(PersonId(1), &key).unwrap();
        assert_eq!(wrapping(7, 1).unwrap(PersonId(1), &wrapped).unwrap().0, key.0);
        assert!(wrapping(7, 1).unwrap(PersonId(2), &wrapped).is_err());
    }

    #[test]
    fn lookups_tell_platforms_and_accounts_apart() {
        let hashes = wrapping(7, 1).first_hashes().unwrap();
        let account = |platform: &str, id: &str| Account { platform: platform.to_owned(), id: id.to_owned() };
        let first = hashes.lookup(&account("console", "1"));
        assert_eq!(first, hashes.lookup(&account("console", "1")));
        assert_ne!(first, hashes.lookup(&account("discord", "1")));
        assert_ne!(first, hashes.lookup(&account("console", "2")));
        let inbound = InboundId("1".to_owned());
        assert_ne!(hashes.inbound(PersonId(1), &inbound), hashes.inbound(PersonId(2), &inbound));
    }

    #[test]
    fn the_secrets_of_the_hashes_stay_with_another_operators_key_and_open_for_it_alone() {
        let account = Account { platform: "console".to_owned(), id: "1".to_owned() };
        let hashes = wrapping(7, 1).first_hashes().unwrap();
        let wrapped = wrapping(8, 1).wrap_hashes(&hashes).unwrap();
        let kept = wrapping(8, 1).unwrap_hashes(&wrapped).unwrap();
        assert_eq!((kept.lookup(&account), kept.check()), (hashes.lookup(&account), hashes.check()));
        assert!(wrapping(7, 1).unwrap_hashes(&wrapped).is_err());
        let others = wrapping(7, 1).first_hashes().unwrap();
        assert_ne!(others.lookup(&account), hashes.lookup(&account), "the operator's key alone gives no hash");
    }

    #[test]
    fn a_value_of_any_length_is_sealed_whole() {
        let key = Key::random().unwrap();
        for length in [0, 1, 1021, 1022, 1023, 70_000] {
            let value = "\u{e9}\"".repeat(length);
            let sealed = seal_json(&key, PLACE, &value).unwrap();
            assert_eq!(open_json::<String>(&key, PLACE, &sealed).unwrap(), value);
        }
    }

    #[test]
    fn keys_and_buffers_are_wiped_when_dropped() {
        const fn wiped<T: ZeroizeOnDrop>() {}
        const {
            wiped::<Key>();
            wiped::<Wrapping>();
            wiped::<Hashes>();
            wiped::<Zeroizing<Vec<u8>>>();
            wiped::<crate::chat::Words>();
            wiped::<crate::chat::Ticket>();
        }
        // What a growing buffer leaves behind cannot be looked at without `unsafe`; that it never grows in place can.
        let mut buffer = Wiped::default();
        for _ in 0..100 {
            let before = buffer.0.capacity();
            io::Write::write_all(&mut buffer, &[b'x'; 100]).unwrap();
            assert!(buffer.0.capacity() == before || buffer.0.capacity() == buffer.0.len().next_power_of_two());
        }
    }

    #[test]
    fn a_key_reads_back_from_its_digits_and_nothing_else_does() {
        let key = Key::random().unwrap();
        assert_eq!(Key::from_hex(&format!("{}\n", *key.to_hex())).unwrap().0, key.0);
        for wrong in ["", "ab", &"g".repeat(64), &"a".repeat(63), &"a".repeat(65), &"ä".repeat(32)] {
            assert!(Key::from_hex(wrong).is_none());
        }
    }
}
